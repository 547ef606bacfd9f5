/**
 * `linux.maskedPaths` and `linux.readonlyPaths`. Inside, before pivot_root.
 *
 * A file is masked by /dev/null. In an image it may be a link to something else (CVE-2025-31133), so it
 * is opened without following links and checked to be the null device, and both ends of the bind are
 * descriptors. Directories are masked by clones of one empty read-only tmpfs: a file system for each
 * would cost the host a superblock a path.
 */
import { Failure } from '../../failure.ts'
import { normalize } from '../../path.ts'
import { step } from '../../sync/stage.ts'
import { together } from '../../sys/elsewhere.ts'
import { askStat, close } from '../../sys/file.ts'
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
import { openAllInRoot } from '../mounts/target.ts'

const openNull = (root: number): number => {
  let readStat
  const file = together(() => {
    const opened = openat2(root, '/dev/null', O_PATH, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS)
    readStat = askStat(opened, '')
    return opened
  })
  const { mode, major, minor } = readStat!()
  if ((mode & S_IFMT) !== S_IFCHR || major !== 1 || minor !== 3) {
    throw new Failure('/dev/null of the container is not the null device', {
      hint: 'a masked path needs the real /dev/null: mount a tmpfs on /dev',
    })
  }
  return file
}

const cloneOf = (file: number, flags = 0): number =>
  openTree(file, '', OPEN_TREE_CLONE | AT_EMPTY_PATH | flags)

/** The paths that are there, as descriptors, with their places in the config. */
const openThose = (
  paths: readonly string[],
  root: number,
): readonly { readonly file: number; readonly index: number }[] =>
  openAllInRoot(root, paths).flatMap((file, index) => (file === undefined ? [] : [{ file, index }]))

const areDirectories = (files: readonly number[]): readonly boolean[] => {
  const reads = together(() => files.map((file) => askStat(file, '')))
  return reads.map((read) => (read().mode & S_IFMT) === S_IFDIR)
}

const EMPTY = {
  type: 'tmpfs',
  source: 'tmpfs',
  parameters: [['ro']],
  attributes: MOUNT_ATTR_RDONLY,
} as const

export const maskPaths = (paths: readonly string[], root: number): void => {
  step('open the paths to mask', '/linux/maskedPaths')
  const targets = openThose(paths, root)
  if (targets.length === 0) return
  const directories = areDirectories(targets.map(({ file }) => file))
  const first = directories.indexOf(true)
  const nothing = directories.includes(false) ? openNull(root) : undefined
  together(() => {
    // The first is mounted itself: before Linux 6.15 only what is mounted somewhere can be cloned.
    const empty =
      first < 0
        ? undefined
        : newFilesystem(EMPTY, (mount) => moveMount(mount, targets[first]!.file))
    targets.forEach(({ file, index }, i) => {
      if (i !== first) {
        step(`mask ${paths[index]}`, `/linux/maskedPaths/${index}`)
        const mount = cloneOf(directories[i] ? empty! : nothing!)
        moveMount(mount, file)
        close(mount)
      }
      close(file)
    })
    for (const mask of [empty, nothing]) if (mask !== undefined) close(mask)
  })
}

export const makePathsReadonly = (paths: readonly string[], root: number): void => {
  step('open the paths to make read-only', '/linux/readonlyPaths')
  const targets = openThose(paths, root)
  together(() => {
    for (const { file, index } of targets) {
      step(`make ${paths[index]} read-only`, `/linux/readonlyPaths/${index}`)
      if (normalize(paths[index]!) === '/') {
        // A mount over the root is over nobody's root.
        mountSetattr(root, '', AT_EMPTY_PATH, { set: MOUNT_ATTR_RDONLY })
        close(file)
        continue
      }
      const mount = cloneOf(file, AT_RECURSIVE)
      mountSetattr(mount, '', AT_EMPTY_PATH, { set: MOUNT_ATTR_RDONLY })
      moveMount(mount, file)
      close(mount)
      close(file)
    }
  })
}
