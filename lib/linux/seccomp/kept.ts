/**
 * A compiled filter as a file. Parent.
 *
 * It begins with a digest of its name and what follows: nobody waited until it was on a disk, and half a filter may
 * allow more; and whoever may rename what is in the directory cannot make one filter of another.
 */
import { ownPid } from '../../sys/caller.ts'
import { SyscallError } from '../../sys/error.ts'
import { close, openat, read, statat } from '../../sys/file.ts'
import { AT_FDCWD, O_NOFOLLOW, O_RDONLY, S_IFMT, S_IFREG } from '../../sys/flags/open.ts'
import { placeFile } from '../../sys/place-file.ts'
import { sha256 } from './digest.ts'

/** What seccomp(2) takes. */
export interface Filter {
  readonly flags: number
  /** `struct sock_filter`s */
  readonly code: Buffer
}

const MAX_SIZE = 1 << 20
const DIGEST_SIZE = 64
const FLAGS_SIZE = 8

const digestOf = (name: string, content: Buffer): string =>
  sha256().update(name).update(content).digest('hex')

const checked = (name: string, bytes: Buffer): Filter | undefined => {
  const content = bytes.subarray(DIGEST_SIZE)
  if (bytes.toString('latin1', 0, DIGEST_SIZE) !== digestOf(name, content)) return undefined
  return { flags: content.readUInt32LE(), code: content.subarray(FLAGS_SIZE) }
}

const opened = (path: string): number | undefined => {
  try {
    return openat(AT_FDCWD, path, O_RDONLY | O_NOFOLLOW)
  } catch (error) {
    if (error instanceof SyscallError) return undefined
    throw error
  }
}

/** @returns undefined where there is none, or one that others may write or that is not whole */
export const readFilter = (directory: string, name: string): Filter | undefined => {
  const file = opened(`${directory}/${name}`)
  if (file === undefined) return undefined
  try {
    const { mode, uid, size } = statat(file, '')
    const isOurs = (mode & S_IFMT) === S_IFREG && (mode & 0o077) === 0 && uid === process.geteuid!()
    const isWhole = size > DIGEST_SIZE + FLAGS_SIZE && size % 8 === 0 && size <= MAX_SIZE
    if (!isOurs || !isWhole) return undefined
    const bytes = Buffer.alloc(size)
    return read(file, bytes, size) === size ? checked(name, bytes) : undefined
  } finally {
    close(file)
  }
}

/** @throws SyscallError */
export const writeFilter = ({ flags, code }: Filter, directory: string, name: string): void => {
  const path = `${directory}/${name}`
  const content = Buffer.concat([Buffer.alloc(FLAGS_SIZE), code])
  content.writeUInt32LE(flags)
  const bytes = Buffer.concat([Buffer.from(digestOf(name, content)), content])
  placeFile(path, `${path}.${ownPid()}`, bytes, 0o600)
}
