/**
 * The root of the container: prepared before the mounts, entered after them. Child.
 *
 * pivot_root(2), mount_namespaces(7); spec: config.md "Root", config-linux.md "Rootfs Mount Propagation".
 */
import { dirname } from '../../path.ts'
import { step } from '../../sync/stage.ts'
import { hasCode } from '../../sys/error.ts'
import { chdir, chroot, close, fchdir, openat } from '../../sys/file.ts'
import { AT_EMPTY_PATH, AT_FDCWD, AT_RECURSIVE, O_DIRECTORY, O_PATH } from '../../sys/flags/open.ts'
import {
  MNT_DETACH,
  MOUNT_ATTR_RDONLY,
  MS_PRIVATE,
  MS_SHARED,
  MS_SLAVE,
  OPEN_TREE_CLONE,
} from '../../sys/flags/mount.ts'
import { mountSetattr, moveMount, openTree, pivotRoot, umount2 } from '../../sys/mount.ts'
import type { Propagation } from '../mounts/options.ts'

export interface RootfsPlan {
  /** Absolute, without symbolic links. */
  readonly path: string
  readonly readonly: boolean
  readonly propagation?: Propagation
  /** MS_MOVE and chroot(2) instead of pivot_root(2), for a host that runs from a ramfs. */
  readonly noPivot: boolean
}

const DEFAULT: Propagation = { flag: MS_SLAVE, recursive: true }

const recursiveFlag = ({ recursive }: Propagation): number => (recursive ? AT_RECURSIVE : 0)

/** A mount moved below a shared mount would be shared with the host: that mount becomes private, here. */
const makeParentPrivate = (path: string): void => {
  for (let at = path; ; at = dirname(at)) {
    try {
      return mountSetattr(AT_FDCWD, at, 0, { propagation: MS_PRIVATE })
    } catch (error) {
      // EINVAL: no mount point; the one this directory is on is further up.
      if (!hasCode(error, 'EINVAL') || at === '/') throw error
    }
  }
}

/**
 * Cuts the container's mounts off from the host's and makes the root a mount of its own.
 * @returns its descriptor
 */
export const prepareRootfs = ({ path, propagation = DEFAULT }: RootfsPlan): number => {
  step(`set mount propagation of /`, '/linux/rootfsPropagation')
  mountSetattr(AT_FDCWD, '/', recursiveFlag(propagation), { propagation: propagation.flag })
  if (propagation.flag === MS_SHARED) makeParentPrivate(path)

  step(`bind root ${path}`, '/root/path')
  const tree = openTree(AT_FDCWD, path, OPEN_TREE_CLONE | AT_RECURSIVE)
  const directory = openat(AT_FDCWD, path, O_PATH | O_DIRECTORY)
  moveMount(tree, directory)
  close(directory)
  return tree
}

/** pivot_root(".", "."): the old root ends up on top of the new one and is taken off again. */
const pivot = (root: number): void => {
  const oldRoot = openat(AT_FDCWD, '/', O_PATH | O_DIRECTORY)
  fchdir(root)
  pivotRoot('.', '.')
  fchdir(oldRoot)
  // Were the old root shared, its unmounting would reach the host.
  mountSetattr(oldRoot, '', AT_EMPTY_PATH | AT_RECURSIVE, { propagation: MS_SLAVE })
  umount2('.', MNT_DETACH)
  close(oldRoot)
  chdir('/')
}

/** Moves the root over `/`. The host's mounts stay below it, out of reach without CAP_SYS_CHROOT. */
const moveOver = (root: number): void => {
  fchdir(root)
  const slash = openat(AT_FDCWD, '/', O_PATH | O_DIRECTORY)
  moveMount(root, slash)
  close(slash)
  chroot('.')
  chdir('/')
}

export const enterRootfs = (plan: RootfsPlan, root: number): void => {
  if (plan.readonly) {
    step('make the root read-only', '/root/readonly')
    mountSetattr(root, '', AT_EMPTY_PATH, { set: MOUNT_ATTR_RDONLY })
  }
  if (plan.noPivot) {
    step('move the root to /', '/root/path')
    moveOver(root)
  } else {
    step('pivot_root', '/root/path')
    pivot(root)
  }
  close(root)
  const { propagation } = plan
  if (!propagation) return
  step('set mount propagation of the root', '/linux/rootfsPropagation')
  mountSetattr(AT_FDCWD, '/', recursiveFlag(propagation), { propagation: propagation.flag })
}
