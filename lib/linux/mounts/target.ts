/**
 * Paths inside the root file system, as descriptors. Inside.
 *
 * The image's owner may swap any part of it for a symbolic link while we look (CVE-2021-30465,
 * CVE-2024-45310). So a path is resolved by the kernel, inside the root, in one openat2(2), and from then
 * on only the descriptor counts; what is missing is made one component at a time, below a descriptor.
 */
import {
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOFOLLOW,
  O_PATH,
  O_WRONLY,
  RESOLVE_IN_ROOT,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_SYMLINKS,
} from '../../sys/flags/open.ts'
import { together } from '../../sys/elsewhere.ts'
import { EAGAIN } from '../../sys/errno.ts'
import { hasCode } from '../../sys/error.ts'
import { close, mkdirat, mkdiratIfMissing, openat, readlinkat } from '../../sys/file.ts'
import { openat2, openat2IfExists, tryOpenat2 } from '../../sys/openat2.ts'

const IN_ROOT = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS
/** As the kernel's own walk: path_resolution(7). */
const MAX_LINKS = 40

/** An O_PATH descriptor of `path` inside `root`. @throws SyscallError ENOENT, ELOOP, … */
export const openInRoot = (root: number, path: string, flags = 0): number =>
  openat2(root, path, O_PATH | flags, IN_ROOT)

/** The same, refusing every symbolic link on the way: for /proc and /sys (CVE-2019-19921). */
export const openPlainInRoot = (root: number, path: string): number =>
  openat2(root, path, O_PATH | O_DIRECTORY, IN_ROOT | RESOLVE_NO_SYMLINKS)

export const openInRootIfExists = (root: number, path: string): number | undefined =>
  openat2IfExists(root, path, O_PATH, IN_ROOT)

/**
 * {@link openInRootIfExists} for each of `paths`.
 * @param look asks about it in the same message, whether it can be opened or not
 */
export const openAllInRoot = (
  root: number,
  paths: readonly string[],
  look: (file: number, index: number) => void = () => {},
): readonly (number | undefined)[] => {
  const files = together(() =>
    paths.map((path, i) => {
      const file = tryInRoot(root, path)
      look(file, i)
      return file
    }),
  )
  return files.map((file, i) => {
    if (file >= 0) return file
    const again = file === -EAGAIN ? openInRootIfExists(root, paths[i]!) : undefined
    if (again !== undefined) look(again, i)
    return again
  })
}

const tryInRoot = (root: number, path: string): number => tryOpenat2(root, path, O_PATH, IN_ROOT)

const split = (path: string): readonly [parent: string, name: string] => {
  const slash = path.lastIndexOf('/')
  return [path.slice(0, slash) || '/', path.slice(slash + 1)]
}

/** Where the dangling link `name` in `parent` points, as a path inside the root. */
const followLink = (directory: number, parent: string, name: string): string => {
  const target = readlinkat(directory, name)
  return target.startsWith('/') ? target : `${parent}/${target}`
}

/** The usual case in one message: only the last component is missing. */
const makeSimply = (root: number, parent: string, name: string): number | undefined => {
  try {
    return together(() => {
      const directory = openInRoot(root, parent)
      mkdirat(directory, name, 0o755)
      const made = openat(directory, name, O_PATH | O_NOFOLLOW | O_DIRECTORY)
      close(directory)
      return made
    })
  } catch {
    return undefined
  }
}

/**
 * The usual case in calls whose results nobody has to look at: at most the last component is missing. For
 * {@link together}; where it fails, {@link makeInRoot} knows what to do.
 * @param open what to do when it is there
 */
export const makeBlindly = (root: number, path: string, open = openInRoot): number => {
  const [parent, name] = split(path)
  const directory = openInRoot(root, parent, O_DIRECTORY)
  mkdiratIfMissing(directory, name, 0o755)
  close(directory)
  return open(root, path)
}

const make = (root: number, path: string, kind: 'directory' | 'file', links: number): number => {
  const [parent, name] = split(path)
  if (kind === 'directory') {
    const made = makeSimply(root, parent, name)
    if (made !== undefined) return made
  }
  const directory = makeInRoot(root, parent, 'directory', links)
  try {
    if (kind === 'directory') mkdirat(directory, name, 0o755)
    else close(openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o755))
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
    // Someone else made it just now, or it is a link to something that does not exist yet.
    const existing = openInRootIfExists(root, path)
    if (existing !== undefined) return existing
    if (links >= MAX_LINKS) throw error
    return makeInRoot(root, followLink(directory, parent, name), kind, links + 1)
  } finally {
    close(directory)
  }
  return openInRoot(root, path)
}

/** {@link openInRoot}, making directories that are missing, and the last component as `kind`. */
export const makeInRoot = (
  root: number,
  path: string,
  kind: 'directory' | 'file',
  links = 0,
): number => openInRootIfExists(root, path) ?? make(root, path, kind, links)
