/** Finds a container's directories in what state.json keeps of its cgroup. Pure. */
import { pathsOf } from './places.ts'
import type { CgroupPlan, Place, SavedCgroup } from './plan.ts'

export const savedFrom = (
  { mode, systemd }: Pick<CgroupPlan, 'mode' | 'systemd'>,
  places: readonly Place[],
  made: readonly string[],
  found: readonly string[] = [],
): SavedCgroup => ({
  mode,
  paths: pathsOf(places),
  made,
  ...(found.length > 0 && { found }),
  ...(systemd && { systemd: { unit: systemd.unit, user: systemd.user } }),
})

/** Every directory once: controllers that are mounted together share one. */
export const directoriesOf = ({ paths }: Pick<SavedCgroup, 'paths'>): readonly string[] => [
  ...new Set(Object.values(paths)),
]
