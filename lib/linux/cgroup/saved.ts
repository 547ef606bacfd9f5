/** Finds a container's directories in what state.json keeps of its cgroup. Pure. */
import type { Layout } from './layout.ts'
import type { Place, SavedCgroup } from './plan.ts'

export const savedFrom = (
  mode: Layout['mode'],
  places: readonly Place[],
  made: readonly string[],
): SavedCgroup => {
  const paths: Record<string, string> = {}
  for (const { controllers, path } of places) {
    for (const controller of controllers) paths[controller] = path
  }
  return { mode, paths, made }
}

/** Every directory once: controllers that are mounted together share one. */
export const directoriesOf = ({ paths }: Pick<SavedCgroup, 'paths'>): readonly string[] => [
  ...new Set(Object.values(paths)),
]

/** Where a controller's files are; v2 has them all in one place. */
export const directoryFor = (
  { mode, paths }: Pick<SavedCgroup, 'mode' | 'paths'>,
  controller: string,
): string | undefined => paths[mode === 'v2' ? '' : controller]
