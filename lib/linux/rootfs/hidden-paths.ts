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
import { ahead, together } from '../../sys/elsewhere.ts'
import { askStat, askStatIfOpen, close, type Stat } from '../../sys/file.ts'
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

/** A path of the config, and its place there. */
type Listed = readonly [index: number, path: string]

/** As many as may be open at once, with a limit of descriptors that is low. */
const CHUNK = 32

const chunksOf = (paths: readonly string[]): readonly (readonly Listed[])[] => {
  const listed = [...paths.entries()]
  const count = Math.ceil(listed.length / CHUNK)
  return Array.from({ length: count }, (_, i) => listed.slice(i * CHUNK, (i + 1) * CHUNK))
}

interface Target {
  readonly file: number
  readonly path: string
  readonly index: number
}

/** The paths that are there, as descriptors. */
const openThose = (
  listed: readonly Listed[],
  root: number,
  look?: (file: number, index: number) => void,
): readonly Target[] => {
  const paths = listed.map(([, path]) => path)
  const files = openAllInRoot(root, paths, look)
  return listed.flatMap(([index, path], i) => {
    const file = files[i]
    return file === undefined ? [] : [{ file, path, index }]
  })
}

/** The same, and which of them are directories. */
const openAndLook = (listed: readonly Listed[], root: number) => {
  const stats = new Map<number, () => Stat>()
  const targets = openThose(listed, root, (file, i) =>
    stats.set(listed[i]![0], askStatIfOpen(file)),
  )
  const isDirectory = ({ index }: Target): boolean =>
    (stats.get(index)!().mode & S_IFMT) === S_IFDIR
  return { targets, directories: targets.map(isDirectory) }
}

const EMPTY = {
  type: 'tmpfs',
  source: 'tmpfs',
  parameters: [['ro']],
  attributes: MOUNT_ATTR_RDONLY,
} as const

/** What lies over what is masked, once there is something. */
interface Masks {
  readonly empty?: number | undefined
  readonly nothing?: number | undefined
}

const closeMasks = ({ empty, nothing }: Masks): void => {
  if (empty !== undefined) close(empty)
  if (nothing !== undefined) close(nothing)
}

const maskSome = (
  listed: readonly Listed[],
  root: number,
  masks: Masks,
  isLast: boolean,
): Masks => {
  step('open the paths to mask', '/linux/maskedPaths')
  const { targets, directories } = openAndLook(listed, root)
  if (targets.length === 0) return masks
  const first = masks.empty === undefined ? directories.indexOf(true) : -1
  const nothing = masks.nothing ?? (directories.includes(false) ? openNull(root) : undefined)
  const cover = (): number | undefined => {
    // The first is mounted itself: before Linux 6.15 only what is mounted somewhere can be cloned.
    const empty =
      first < 0
        ? masks.empty
        : newFilesystem(EMPTY, (mount) => moveMount(mount, targets[first]!.file))
    targets.forEach(({ file, path, index }, i) => {
      if (i !== first) {
        step(`mask ${path}`, `/linux/maskedPaths/${index}`)
        const mount = cloneOf(directories[i] ? empty! : nothing!)
        moveMount(mount, file)
        close(mount)
      }
      close(file)
    })
    return empty
  }
  if (!isLast) return { empty: together(cover), nothing }
  ahead(() => closeMasks({ empty: cover(), nothing }))
  return {}
}

export const maskPaths = (paths: readonly string[], root: number): void => {
  let masks: Masks = {}
  const chunks = chunksOf(paths)
  for (const [i, listed] of chunks.entries()) {
    masks = maskSome(listed, root, masks, i === chunks.length - 1)
  }
  // Where nothing of the last ones was there.
  closeMasks(masks)
}

const makeSomeReadonly = (listed: readonly Listed[], root: number): void => {
  step('open the paths to make read-only', '/linux/readonlyPaths')
  const targets = openThose(listed, root)
  ahead(() => {
    for (const { file, path, index } of targets) {
      step(`make ${path} read-only`, `/linux/readonlyPaths/${index}`)
      if (normalize(path) === '/') {
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

export const makePathsReadonly = (paths: readonly string[], root: number): void =>
  chunksOf(paths).forEach((listed) => makeSomeReadonly(listed, root))
