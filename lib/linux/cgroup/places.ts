/** A cgroup's directories by controller, which is all that most commands need to know of it. Pure. */
import type { Place, SavedCgroup } from './plan.ts'

/** v2 has one place for all controllers. */
export const directoryFor = (
  { mode, paths }: Pick<SavedCgroup, 'mode' | 'paths'>,
  controller: string,
): string | undefined => paths[mode === 'v2' ? '' : controller]

/** Directory on the host by controller. */
export const pathsOf = (places: readonly Place[]): SavedCgroup['paths'] => {
  const paths: Record<string, string> = {}
  for (const { controllers, path } of places) {
    for (const controller of controllers) paths[controller] = path
  }
  return paths
}
