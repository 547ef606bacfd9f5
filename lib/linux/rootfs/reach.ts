/**
 * Whether the container's root may get at its root file system. Parent. user_namespaces(7), path_resolution(7)
 *
 * In a user namespace of its own it is another user of the host, to whom a directory above may be closed: /root is, on
 * many a host. The kernel says EACCES, and not of which.
 */
import { chain, Failure } from '../../failure.ts'
import { dirname } from '../../path.ts'
import { hasCode } from '../../sys/error.ts'
import type { Stat } from '../../sys/file.ts'
import { stat } from '../../sys/host.ts'
import type { IdMappings } from '../idmap/map.ts'
import { hostId } from '../idmap/outside.ts'

interface Ids {
  readonly uid: number | undefined
  readonly gid: number | undefined
}

export const mayEnter = (
  { uid, gid }: Ids,
  directory: Pick<Stat, 'mode' | 'uid' | 'gid'>,
): boolean => {
  const { mode } = directory
  if (directory.uid === uid) return (mode & 0o100) !== 0
  return (mode & (directory.gid === gid ? 0o010 : 0o001)) !== 0
}

const closedAbove = (path: string, ids: Ids): string | undefined => {
  const above = dirname(path)
  const closed = above === path ? undefined : closedAbove(above, ids)
  return closed ?? (mayEnter(ids, stat(path)) ? undefined : path)
}

/**
 * Runs `action`, and says why where that is refused.
 * @param root on the host
 * @param mappings of a new user namespace
 */
export const blamingDirectories = <T>(
  root: string,
  mappings: IdMappings | undefined,
  action: () => T,
): T => {
  try {
    return action()
  } catch (cause) {
    if (!mappings || !chain(cause).some((error) => hasCode(error, 'EACCES'))) throw cause
    const ids = { uid: hostId(0, mappings.uid), gid: hostId(0, mappings.gid) }
    const closed = closedAbove(root, ids)
    if (closed === undefined) throw cause
    throw new Failure(`as user ${ids.uid} of the host, the container's root`, {
      cause,
      pointer: '/root/path',
      hint: `it may not enter ${closed}: chmod o+x ${closed}, or move the bundle`,
    })
  }
}
