/** What memory did to a container: its peak, and whom the kernel killed for it. Parent. */
import { join } from '../../path.ts'
import { tryReadControl } from './control-file.ts'
import { toCount, toCounts, type Count } from './counts.ts'
import { directoryFor, type SavedCgroup } from './plan.ts'

/** The most memory that the container has used, bytes; undefined on kernels that do not keep it. */
export const readMemoryPeak = (cgroup: Pick<SavedCgroup, 'mode' | 'paths'>): Count | undefined => {
  const file = cgroup.mode === 'v2' ? 'memory.peak' : 'memory.max_usage_in_bytes'
  const text = tryReadControl(join(directoryFor(cgroup, 'memory') ?? '', file))
  return text === '' ? undefined : toCount(text)
}

/** How many processes of the container the kernel has killed for lack of memory. */
export const readOomKills = (cgroup: Pick<SavedCgroup, 'mode' | 'paths'>): number => {
  const file = cgroup.mode === 'v2' ? 'memory.events' : 'memory.oom_control'
  const text = tryReadControl(join(directoryFor(cgroup, 'memory') ?? '', file))
  return Number(toCounts(text)['oom_kill'] ?? 0)
}
