/** A document's text, from a file. Runs in tsrun, at every create. */
import { Failure } from '../failure.ts'
import { hasCode } from '../sys/error.ts'
import { close, openat, read, statat, waitOn } from '../sys/file.ts'
import { AT_FDCWD, O_NONBLOCK, O_RDONLY, S_IFIFO, S_IFMT } from '../sys/flags/open.ts'

/** Far above any config that was ever written. */
const maxBytes = 50_000_000

const chunkBytes = 65_536

/** A pipe that somebody holds open for writing is waited for: `--process <(…)` is one. */
const readOrWait = (fd: number, chunk: Buffer): number => {
  try {
    return read(fd, chunk, chunkBytes)
  } catch (error) {
    if (!hasCode(error, 'EAGAIN')) throw error
    waitOn(fd)
    return read(fd, chunk, chunkBytes)
  }
}

const isFifo = (fd: number): boolean => (statat(fd, '').mode & S_IFMT) === S_IFIFO

/**
 * A FIFO that nobody writes to is an error: without O_NONBLOCK its opening would wait for ever.
 *
 * @param file its name in messages
 * @throws {Failure} CONFIG_INVALID where it is too large, not UTF-8, or starts with a byte order mark
 * @throws {SyscallError}
 */
export const readDocument = (path: string, file: string): string => {
  const chunks: Buffer[] = []
  let total = 0
  const fd = openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK)
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafe(chunkBytes)
      const size = readOrWait(fd, chunk)
      if (size === 0) break
      chunks.push(chunk.subarray(0, size))
      total += size
      if (total > maxBytes) throw refuse(`${file} is larger than ${maxBytes} bytes`)
    }
    if (total === 0 && isFifo(fd)) {
      throw refuse(`${file} is a FIFO that nobody writes to`, 'open it for writing before')
    }
  } finally {
    close(fd)
  }
  return decode(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks), file)
}

/** Strict UTF-8, where Buffer and runc put U+FFFD for what they cannot read. */
export const decode = (bytes: Buffer, file: string): string => {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw refuse(`${file} starts with a byte order mark`, 'save it as UTF-8 without one')
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw refuse(`${file} is not UTF-8`)
  }
}

const refuse = (message: string, hint?: string): Failure =>
  new Failure(
    message,
    hint === undefined ? { code: 'CONFIG_INVALID' } : { code: 'CONFIG_INVALID', hint },
  )
