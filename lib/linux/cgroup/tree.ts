/** What is in a cgroup directory and below: cgroups and processes. Parent. */
import { join } from '../../path.ts'
import { hasCode } from '../../sys/error.ts'
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

/** Host pids in a cgroup directory and in those below it, in no order. */
export const listPids = (directory: string): readonly number[] => [
  ...readPids(directory),
  ...childrenOf(directory).flatMap((child) => listPids(join(directory, child))),
]

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
