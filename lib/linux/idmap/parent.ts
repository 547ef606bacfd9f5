/**
 * Id-mapped mounts: files of one owner that the container sees as another's. Parent.
 *
 * mount_setattr(2) MOUNT_ATTR_IDMAP, Linux 5.12. The kernel takes the mapping from a user namespace, so one
 * is made for it, by a process that does nothing else and is gone again before the container starts.
 */
import type { IdMapping } from '../../spec/types.ts'
import { close, openat } from '../../sys/file.ts'
import { AT_EMPTY_PATH, AT_FDCWD, AT_RECURSIVE, O_RDONLY } from '../../sys/flags/open.ts'
import { MOUNT_ATTR_IDMAP } from '../../sys/flags/mount.ts'
import { CLONE_NEWUSER } from '../../sys/flags/process.ts'
import { mountSetattr } from '../../sys/mount.ts'
import { clone, exitNow, wait } from '../../sys/process.ts'
import { awaitGo } from '../../sync/channel.ts'
import { socketpair } from '../../sys/socket.ts'
import { mapIds } from '../namespaces/parent.ts'

export interface IdMappings {
  readonly uid: readonly IdMapping[]
  readonly gid: readonly IdMapping[]
}

/** A descriptor of a user namespace with these mappings, in which nobody is. */
const makeUserNamespace = ({ uid, gid }: IdMappings): number => {
  const [line, childLine] = socketpair()
  const pid = clone(CLONE_NEWUSER)
  if (pid === 0) {
    close(line)
    awaitGo(childLine)
    exitNow(0)
  }
  close(childLine)
  try {
    mapIds(pid, uid, gid, false)
    return openat(AT_FDCWD, `/proc/${pid}/ns/user`, O_RDONLY)
  } finally {
    // The end of the line ends the process.
    close(line)
    wait(pid)
  }
}

/** @param tree a mount that is attached to nothing yet */
export const idmapMount = (tree: number, mappings: IdMappings, recursive: boolean): void => {
  const userNamespace = makeUserNamespace(mappings)
  try {
    const flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0)
    mountSetattr(tree, '', flags, { set: MOUNT_ATTR_IDMAP, userNamespace })
  } finally {
    close(userNamespace)
  }
}
