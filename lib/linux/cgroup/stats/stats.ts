/** Reads what a container has used: the `data` of `events`. Parent. */
import type { Stats } from './counts.ts'
import type { SavedCgroup } from '../places.ts'
import { readStatsV1 } from './v1.ts'
import { readStatsV2 } from './v2.ts'

export const readStats = (cgroup: Pick<SavedCgroup, 'mode' | 'paths'>): Stats => ({
  ...(cgroup.mode === 'v2' ? readStatsV2(cgroup.paths['']!) : readStatsV1(cgroup)),
  intel_rdt: {},
  network_interfaces: null,
})
