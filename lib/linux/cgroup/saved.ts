/** Finds a container's directories in what state.json keeps of its cgroup. Pure. */
import type { Layout } from './layout.ts'
import type { UnitPlan } from './systemd/plan.ts'
import { pathsOf, type Place, type SavedCgroup } from './plan.ts'

export const savedFrom = (
  mode: Layout['mode'],
  places: readonly Place[],
  made: readonly string[],
  unit?: Pick<UnitPlan, 'unit' | 'user'>,
): SavedCgroup => ({
  mode,
  paths: pathsOf(places),
  made,
  ...(unit && { systemd: { unit: unit.unit, user: unit.user } }),
})

/** Every directory once: controllers that are mounted together share one. */
export const directoriesOf = ({ paths }: Pick<SavedCgroup, 'paths'>): readonly string[] => [
  ...new Set(Object.values(paths)),
]
