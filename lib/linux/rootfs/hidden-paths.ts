/**
 * `linux.maskedPaths` and `linux.readonlyPaths`. Child, before pivot_root.
 *
 * A file is masked by /dev/null. In an image it may be a link to something else (CVE-2025-31133), so it
 * is opened without following links and checked to be the null device, and both ends of the bind are
 * descriptors. Directories are masked by clones of one empty read-only tmpfs: a file system for each
 * would cost the host a superblock a path.
 */
import { Failure } from '../../failure.ts'
import { step } from '../../sync/stage.ts'
import { close, statat } from '../../sys/file.ts'
import { openat2 } from '../../sys/openat2.ts'
import {
  AT_EMPTY_PATH,
  AT_RECURSIVE,
  O_PATH,
  RESOLVE_IN_ROOT,
  RESOLVE_NO_SYMLINKS,
  S_IFCHR,
  S_IFDIR,
  S_IFMT,
} from '../../sys/flags/open.ts'
import { MOUNT_ATTR_RDONLY, OPEN_TREE_CLONE } from '../../sys/flags/mount.ts'
import { mountSetattr, moveMount, openTree } from '../../sys/mount.ts'
import { newFilesystem } from '../mounts/new-filesystem.ts'
import { openInRootIfExists } from '../mounts/target.ts'

const openNull = (root: number): number => {
  const file = openat2(root, '/dev/null', O_PATH, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS)
  const { mode, major, minor } = statat(file, '')
  if ((mode & S_IFMT) !== S_IFCHR || major !== 1 || minor !== 3) {
    throw new Failure('/dev/null of the container is not the null device', {
      hint: 'a masked path needs the real /dev/null: mount a tmpfs on /dev',
    })
  }
  return file
}

const cloneOf = (file: number, flags = 0): number =>
  openTree(file, '', OPEN_TREE_CLONE | AT_EMPTY_PATH | flags)

export const maskPaths = (paths: readonly string[], root: number): void => {
  let empty: number | undefined
  let nothing: number | undefined
  for (const [i, path] of paths.entries()) {
    step(`mask ${path}`, `/linux/maskedPaths/${i}`)
    const target = openInRootIfExists(root, path)
    if (target === undefined) continue
    const isDirectory = (statat(target, '').mode & S_IFMT) === S_IFDIR
    if (isDirectory && empty === undefined) {
      // The first is mounted itself: before Linux 6.15 only what is mounted somewhere can be cloned.
      empty = newFilesystem('tmpfs', 'tmpfs', [['ro']], MOUNT_ATTR_RDONLY)
      moveMount(empty, target)
    } else {
      const mount = cloneOf(isDirectory ? empty! : (nothing ??= openNull(root)))
      moveMount(mount, target)
      close(mount)
    }
    close(target)
  }
  if (empty !== undefined) close(empty)
  if (nothing !== undefined) close(nothing)
}

export const makePathsReadonly = (paths: readonly string[], root: number): void => {
  for (const [i, path] of paths.entries()) {
    step(`make ${path} read-only`, `/linux/readonlyPaths/${i}`)
    const target = openInRootIfExists(root, path)
    if (target === undefined) continue
    const mount = cloneOf(target, AT_RECURSIVE)
    mountSetattr(mount, '', AT_EMPTY_PATH, { set: MOUNT_ATTR_RDONLY })
    moveMount(mount, target)
    close(mount)
    close(target)
  }
}
