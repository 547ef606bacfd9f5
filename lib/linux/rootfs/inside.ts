/**
 * The root of the container: prepared before the mounts, entered after them. Inside.
 *
 * pivot_root(2), mount_namespaces(7); spec: config.md "Root", config-linux.md "Rootfs Mount Propagation".
 */
import { dirname } from '../../path.ts'
import { step } from '../../sync/stage.ts'
import { hasCode } from '../../sys/error.ts'
import { ahead, together } from '../../sys/elsewhere.ts'
import { chdir, chroot, close, dup3, fchdir, openat } from '../../sys/file.ts'
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_RECURSIVE,
  O_CLOEXEC,
  O_DIRECTORY,
  O_PATH,
} from '../../sys/flags/open.ts'
import {
  MNT_DETACH,
  MOUNT_ATTR_RDONLY,
  MS_PRIVATE,
  MS_SHARED,
  MS_SLAVE,
  MS_UNBINDABLE,
  OPEN_TREE_CLONE,
} from '../../sys/flags/mount.ts'
import { mountSetattr, moveMount, openTree, pivotRoot, umount2 } from '../../sys/mount.ts'
import { newFilesystem } from '../mounts/new-filesystem.ts'
import type { Propagation } from '../mounts/options.ts'
import type { RootfsPlan } from './plan.ts'

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

/** Gives what was opened the number `to`. */
const renumber = (file: number, to: number): void => {
  dup3(file, to, O_CLOEXEC)
  close(file)
}

/**
 * Cuts the container's mounts off from the host's and makes the root a mount of its own.
 * @param root the number that its descriptor gets
 * @returns that
 */
export const prepareRootfs = (plan: RootfsPlan, root: number): number => {
  const { path, propagation = DEFAULT, enterBy } = plan
  if (enterBy === 'chroot') {
    step(`open root ${path}`, '/root/path')
    ahead(() => renumber(openat(AT_FDCWD, path, O_PATH | O_DIRECTORY), root))
    return root
  }
  step(`set mount propagation of /`, '/linux/rootfsPropagation')
  // What is unbindable already could not be bound as the root: it becomes so at the end.
  const flag = propagation.flag === MS_UNBINDABLE ? MS_PRIVATE : propagation.flag
  const change = (): void =>
    mountSetattr(AT_FDCWD, '/', recursiveFlag(propagation), { propagation: flag })
  if (flag === MS_SHARED) {
    change()
    makeParentPrivate(path)
  }
  ahead(() => {
    if (flag !== MS_SHARED) change()
    step(`bind root ${path}`, '/root/path')
    const tree = openTree(AT_FDCWD, path, OPEN_TREE_CLONE | AT_RECURSIVE)
    const directory = openat(AT_FDCWD, path, O_PATH | O_DIRECTORY)
    moveMount(tree, directory)
    close(directory)
    renumber(tree, root)
  })
  return root
}

/** pivot_root(".", "."): the old root ends up on top of the new one and is taken off again. */
const pivot = (root: number): void =>
  together(() => {
    const oldRoot = openat(AT_FDCWD, '/', O_PATH | O_DIRECTORY)
    fchdir(root)
    pivotRoot('.', '.')
    fchdir(oldRoot)
    // Were the old root shared, its unmounting would reach the host.
    mountSetattr(oldRoot, '', AT_EMPTY_PATH | AT_RECURSIVE, { propagation: MS_SLAVE })
    umount2('.', MNT_DETACH)
    close(oldRoot)
    chdir('/')
  })

/**
 * What proc and sysfs mask in the container, a bare mount of them would show. One that cannot be unmounted
 * is covered.
 */
const hide = (mount: string): void => {
  try {
    umount2(mount, MNT_DETACH)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return
    if (!hasCode(error, 'EINVAL', 'EPERM')) throw error
    const empty = newFilesystem({
      type: 'tmpfs',
      source: 'tmpfs',
      parameters: [['ro']],
      attributes: MOUNT_ATTR_RDONLY,
    })
    const target = openat(AT_FDCWD, mount, O_PATH | O_DIRECTORY)
    moveMount(empty, target)
    close(target)
    close(empty)
  }
}

/** Moves the root over `/`. The host's mounts stay below it, out of reach without CAP_SYS_CHROOT. */
const moveOver = (root: number, { hostProcs, path }: RootfsPlan): void => {
  for (const mount of hostProcs) if (!mount.startsWith(`${path}/`)) hide(mount)
  fchdir(root)
  const slash = openat(AT_FDCWD, '/', O_PATH | O_DIRECTORY)
  moveMount(root, slash)
  close(slash)
  changeRoot(root)
}

const changeRoot = (root: number): void => {
  fchdir(root)
  chroot('.')
  chdir('/')
}

const enter: Readonly<Record<RootfsPlan['enterBy'], (root: number, plan: RootfsPlan) => void>> = {
  pivot,
  move: moveOver,
  chroot: changeRoot,
}

export const enterRootfs = (plan: RootfsPlan, root: number): void => {
  if (plan.readonly) {
    step('make the root read-only', '/root/readonly')
    mountSetattr(root, '', AT_EMPTY_PATH, { set: MOUNT_ATTR_RDONLY })
  }
  step(`${plan.enterBy} into the root`, '/root/path')
  enter[plan.enterBy](root, plan)
  close(root)
  const { propagation } = plan
  if (!propagation) return
  step('set mount propagation of the root', '/linux/rootfsPropagation')
  mountSetattr(AT_FDCWD, '/', recursiveFlag(propagation), { propagation: propagation.flag })
}
