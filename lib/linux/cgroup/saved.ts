/** Finds a container's directories in what state.json keeps of its cgroup. Pure. */
import type { Layout } from './layout.ts'
import { pathsOf, type Place, type SavedCgroup } from './plan.ts'

export const savedFrom = (
  mode: Layout['mode'],
  places: readonly Place[],
  made: readonly string[],
): SavedCgroup => ({ mode, paths: pathsOf(places), made })

/** Every directory once: controllers that are mounted together share one. */
export const directoriesOf = ({ paths }: Pick<SavedCgroup, 'paths'>): readonly string[] => [
  ...new Set(Object.values(paths)),
]
