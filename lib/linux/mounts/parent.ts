/**
 * Sources of bind mounts that cannot be opened from inside: in a user namespace it may lack permission on the
 * way to them, and id-mapping a mount takes privilege over its file system. Parent, before the birth.
 */
import { Failure } from '../../failure.ts'
import { hasCode } from '../../sys/error.ts'
import { elsewhere, outside } from '../../sys/elsewhere.ts'
import { openat } from '../../sys/file.ts'
import { AT_FDCWD, AT_RECURSIVE, O_RDONLY } from '../../sys/flags/open.ts'
import { OPEN_TREE_CLONE } from '../../sys/flags/mount.ts'
import { realPath } from '../../sys/host.ts'
import { openTree } from '../../sys/mount.ts'
import type { IdMappings } from '../idmap/map.ts'
import { idmapMount, makeUserNamespace } from '../idmap/parent.ts'
import { hasNamespace, type NamespacePlan } from '../namespaces/plan.ts'
import { openBetweenMounts } from './between-mounts.ts'
import type { IdMap, MountPlan, MountTree } from './plan.ts'

/** Descriptor of the user namespace whose mappings a mount gets. */
const userNamespaceFor = (idmap: IdMap, namespaces: NamespacePlan, own: IdMappings): number => {
  const joined = namespaces.join.find(({ type }) => type === 'user')
  if (joined && !idmap.uidMappings) return openat(AT_FDCWD, joined.path, O_RDONLY)
  const { uidMappings: uid = own.uid, gidMappings: gid = own.gid } = idmap
  return makeUserNamespace({ uid, gid })
}

const clone = (mount: MountPlan, namespaces: NamespacePlan, mappings: IdMappings): number => {
  const { source, recursive, idmap } = mount
  const tree = openTree(AT_FDCWD, source, OPEN_TREE_CLONE | (recursive ? AT_RECURSIVE : 0))
  if (idmap) idmapMount(tree, userNamespaceFor(idmap, namespaces, mappings), idmap.recursive)
  return tree
}

const openSource = (mount: MountPlan, open: () => number): number => {
  const { source, pointer, idmap } = mount
  try {
    return open()
  } catch (cause) {
    const what = idmap ? `map the ids of mount source ${source}` : `open mount source ${source}`
    throw new Failure(what, { cause, pointer: `${pointer}/source` })
  }
}

const isBelow = (path: string, directory: string): boolean => `${path}/`.startsWith(`${directory}/`)

/** Whether what the source is may depend on the mounts that come before: those are all in the root. */
const dependsOnMounts = ({ source }: MountPlan, rootfs: string): boolean => {
  if (isBelow(source, rootfs)) return true
  try {
    return isBelow(realPath(source), rootfs)
  } catch {
    // What is not there may be by then.
    return true
  }
}

/**
 * @param mappings of the container's new user namespace, for id-mapped mounts without their own
 * @param rootfs absolute, without symbolic links
 * @returns by index of the mount
 */
export const openTrees = (
  mounts: readonly MountPlan[],
  namespaces: NamespacePlan,
  mappings: IdMappings,
  rootfs: string,
): ReadonlyMap<number, MountTree> => {
  const inUserNamespace = hasNamespace(namespaces, 'user')
  // A user's own tsrun has no privilege over the container's mount namespace.
  const mayEnter = process.geteuid!() === 0 && hasNamespace(namespaces, 'mount')
  const trees = new Map<number, MountTree>()
  for (const mount of mounts) {
    const { index, action, idmap } = mount
    if (action !== 'bind' || !(inUserNamespace || idmap)) continue
    const open = (): number => clone(mount, namespaces, mappings)
    if (mayEnter && outside(() => dependsOnMounts(mount, rootfs))) {
      trees.set(index, () => openSource(mount, () => openBetweenMounts(elsewhere()!, open)))
      continue
    }
    try {
      trees.set(index, openSource(mount, open))
    } catch (error) {
      // A user who may not clone mounts here may do so in the new user namespace, and is the same user there.
      if (!idmap && hasCode((error as Failure).cause, 'EPERM')) continue
      throw error
    }
  }
  return trees
}
