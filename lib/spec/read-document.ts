/** A document's text, from a file. Runs in tsrun, at every create. */
import { Failure } from '../failure.ts'
import { close, openat, read } from '../sys/file.ts'
import { AT_FDCWD, O_RDONLY } from '../sys/flags/open.ts'

/** Far above any config that was ever written. */
const maxBytes = 50_000_000

const chunkBytes = 65_536

/**
 * @param file its name in messages
 * @throws {Failure} CONFIG_INVALID where it is too large, not UTF-8, or starts with a byte order mark
 * @throws {SyscallError}
 */
export const readDocument = (path: string, file: string): string => {
  const chunks: Buffer[] = []
  let total = 0
  const fd = openat(AT_FDCWD, path, O_RDONLY)
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafe(chunkBytes)
      const size = read(fd, chunk, chunkBytes)
      if (size === 0) break
      chunks.push(chunk.subarray(0, size))
      total += size
      if (total > maxBytes) throw refuse(`${file} is larger than ${maxBytes} bytes`)
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
