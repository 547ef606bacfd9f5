/** A container's state directory as a descriptor: a link, or a file, of that name is nobody's container. */
import { Failure } from '../../failure.ts'
import { hasCode } from '../../sys/error.ts'
import { openat } from '../../sys/file.ts'
import { AT_FDCWD, O_DIRECTORY, O_NOFOLLOW, O_RDONLY } from '../../sys/flags/open.ts'

export const notOurs = (directory: string, cause?: unknown): Failure =>
  new Failure(`${directory} is no directory of a container, or holds something else as well`, {
    cause,
    code: 'STATE_DAMAGED',
    hint: 'is --root right? If it is, look what it is, and remove it by hand',
  })

/** @throws Failure STATE_DAMAGED; SyscallError ENOENT where it is gone */
export const openStateDirectory = (directory: string): number => {
  try {
    return openat(AT_FDCWD, directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  } catch (cause) {
    throw hasCode(cause, 'ENOTDIR', 'ELOOP') ? notOurs(directory, cause) : cause
  }
}
