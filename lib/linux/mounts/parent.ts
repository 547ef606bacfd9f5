/**
 * Sources of bind mounts that cannot be opened from inside: in a user namespace it may lack permission on the
 * way to them, and id-mapping a mount takes privilege over its file system. Parent, before the birth.
 */
import { Failure } from '../../failure.ts'
import { hasCode } from '../../sys/error.ts'
import { AT_FDCWD, AT_RECURSIVE } from '../../sys/flags/open.ts'
import { OPEN_TREE_CLONE } from '../../sys/flags/mount.ts'
import { openTree } from '../../sys/mount.ts'
import type { IdMappings } from '../idmap/map.ts'
import { idmapMount } from '../idmap/parent.ts'
import { hasNamespace, type NamespacePlan } from '../namespaces/plan.ts'
import type { MountPlan } from './plan.ts'

const openSource = (mount: MountPlan, mappings: IdMappings): number => {
  const { source, recursive, idmap } = mount
  const tree = openTree(AT_FDCWD, source, OPEN_TREE_CLONE | (recursive ? AT_RECURSIVE : 0))
  if (!idmap) return tree
  const { uidMappings: uid = mappings.uid, gidMappings: gid = mappings.gid } = idmap
  idmapMount(tree, { uid, gid }, idmap.recursive)
  return tree
}

/**
 * @param mappings of the container's user namespace, for id-mapped mounts without their own
 * @returns clones of the sources by index of the mount, attached to nothing
 */
export const openTrees = (
  mounts: readonly MountPlan[],
  namespaces: NamespacePlan,
  mappings: IdMappings,
): ReadonlyMap<number, number> => {
  const inUserNamespace = hasNamespace(namespaces, 'user')
  const trees = new Map<number, number>()
  for (const mount of mounts) {
    const { index, action, source, pointer, idmap } = mount
    if (action !== 'bind' || !(inUserNamespace || idmap)) continue
    const what = idmap ? `map the ids of mount source ${source}` : `open mount source ${source}`
    try {
      trees.set(index, openSource(mount, mappings))
    } catch (cause) {
      // A user who may not clone mounts here may do so in the new user namespace, and is the same user there.
      if (!idmap && hasCode(cause, 'EPERM')) continue
      throw new Failure(what, { cause, pointer: `${pointer}/source` })
    }
  }
  return trees
}
