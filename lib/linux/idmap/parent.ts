/**
 * Id-mapped mounts: files of one owner that the container sees as another's. Parent.
 *
 * mount_setattr(2) MOUNT_ATTR_IDMAP, Linux 5.12. The kernel takes the mapping from a user namespace, so one
 * is made for it, by a process that does nothing else and is gone again before the container starts.
 */
import { close, openat } from '../../sys/file.ts'
import { AT_EMPTY_PATH, AT_FDCWD, AT_RECURSIVE, O_RDONLY } from '../../sys/flags/open.ts'
import { MOUNT_ATTR_IDMAP } from '../../sys/flags/mount.ts'
import { CLONE_NEWUSER } from '../../sys/flags/process.ts'
import { mountSetattr } from '../../sys/mount.ts'
import { unshare } from '../../sys/process.ts'
import { inside, outside } from '../../sys/elsewhere.ts'
import { endStub, spawnStub } from '../../stub/spawn.ts'
import { mapIds, type IdMappings } from './map.ts'

const LINE_FD = 3

/** Runs `use` with the pid of a process that is alone in a user namespace with these mappings. */
const withUserNamespace = <T>(mappings: IdMappings, use: (pid: number) => T): T => {
  const stub = outside(() => spawnStub(LINE_FD, new Map()))
  try {
    inside(stub, () => unshare(CLONE_NEWUSER))
    outside(() => mapIds(stub.pid, mappings))
    return use(stub.pid)
  } finally {
    outside(() => endStub(stub))
  }
}

/** @returns a descriptor of a user namespace with these mappings, in which nobody is */
export const makeUserNamespace = (mappings: IdMappings): number =>
  withUserNamespace(mappings, (pid) => openat(AT_FDCWD, `/proc/${pid}/ns/user`, O_RDONLY))

/**
 * @param tree a mount that is attached to nothing yet
 * @param userNamespace descriptor of the one whose mappings it gets; is closed
 */
export const idmapMount = (tree: number, userNamespace: number, recursive: boolean): void => {
  try {
    const flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0)
    mountSetattr(tree, '', flags, { set: MOUNT_ATTR_IDMAP, userNamespace })
  } finally {
    close(userNamespace)
  }
}
