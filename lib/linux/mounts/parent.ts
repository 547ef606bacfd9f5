/**
 * Sources of bind mounts that the child could not open: in a user namespace it may lack permission on the
 * way to them, and id-mapping a mount takes privilege over its file system. Parent, before the fork.
 */
import { doing } from '../../failure.ts'
import { AT_FDCWD, AT_RECURSIVE } from '../../sys/flags/open.ts'
import { OPEN_TREE_CLONE } from '../../sys/flags/mount.ts'
import { openTree } from '../../sys/mount.ts'
import type { NamespacePlan } from '../namespaces/plan.ts'
import type { MountPlan } from './plan.ts'

/** @returns clones of the sources by index of the mount, attached to nothing */
export const openTrees = (
  mounts: readonly MountPlan[],
  namespaces: NamespacePlan,
): ReadonlyMap<number, number> => {
  const inUserNamespace =
    namespaces.create.includes('user') || namespaces.join.some(({ type }) => type === 'user')
  const trees = new Map<number, number>()
  for (const { index, action, source, recursive, pointer, idmap } of mounts) {
    if (action !== 'bind' || !(inUserNamespace || idmap)) continue
    const flags = OPEN_TREE_CLONE | (recursive ? AT_RECURSIVE : 0)
    const open = (): number => openTree(AT_FDCWD, source, flags)
    trees.set(index, doing(`open mount source ${source}`, open, { pointer: `${pointer}/source` }))
  }
  return trees
}
