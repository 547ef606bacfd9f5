/** What is in a cgroup directory and below: cgroups and processes. Parent. */
import { join } from '../../path.ts'
import { hasCode } from '../../sys/error.ts'
import { close, openat } from '../../sys/file.ts'
import { AT_FDCWD, O_DIRECTORY, O_PATH } from '../../sys/flags/open.ts'
import { isDirectory, listDirectory, stat } from '../../sys/host.ts'
import { readControl } from './control-file.ts'

/** The cgroups inside one; none where it is gone. */
export const childrenOf = (path: string): readonly string[] => {
  try {
    // A directory counts the `..` of each one inside: most cgroups have none, and dozens of files.
    if (stat(path).links === 2) return []
    return listDirectory(path).filter((name) => isDirectory(join(path, name)))
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  }
}

/** PATH_MAX is 4096, and the kernel walks a path from its beginning for every call. */
const LONG = 1000

const openIfThere = (path: string): number | undefined => {
  try {
    return openat(AT_FDCWD, path, O_PATH | O_DIRECTORY)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/**
 * Whoever is in a container that manages its cgroup can nest cgroups deeper than a path can tell.
 * @param use given a path of each cgroup inside, which is good until it returns
 */
export const eachChild = (path: string, use: (child: string) => void): void => {
  const children = childrenOf(path)
  if (children.length === 0) return
  const handle = Buffer.byteLength(path) > LONG ? openIfThere(path) : undefined
  const start = handle === undefined ? path : `/proc/self/fd/${handle}`
  try {
    for (const child of children) use(join(start, child))
  } finally {
    if (handle !== undefined) close(handle)
  }
}

/** Host pids in a cgroup directory and in those below it, in no order. */
export const listPids = (directory: string): readonly number[] => {
  const lists = [readPids(directory)]
  eachChild(directory, (child) => lists.push(listPids(child)))
  return lists.flat()
}

const readPids = (directory: string): readonly number[] => {
  try {
    const text = readControl(join(directory, 'cgroup.procs'))
    return text === '' ? [] : text.split('\n').map(Number)
  } catch (error) {
    // EOPNOTSUPP: a threaded v2 cgroup, whose processes its domain lists. ENODEV: just removed.
    if (hasCode(error, 'ENOENT', 'ENODEV', 'EOPNOTSUPP')) return []
    throw error
  }
}
