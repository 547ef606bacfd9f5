/**
 * Whole small files by path.
 *
 * What every command needs comes from here and not from node:fs, which takes Bun 0.7 ms to load
 * (node:path 0.3, node:os 0.2): a tenth of what the start of a container may take.
 */
import { close, openat, read, waitOn, write } from './file.ts'
import { AT_FDCWD, O_CREAT, O_NONBLOCK, O_RDONLY, O_TRUNC, O_WRONLY } from './flags/open.ts'

const CHUNK = 4096

const withFile = <T>(path: string, flags: number, mode: number, use: (fd: number) => T): T => {
  const fd = openat(AT_FDCWD, path, flags, mode)
  try {
    return use(fd)
  } finally {
    close(fd)
  }
}

/** All that is left in a descriptor; a pipe is read until it is closed. */
export const readAll = (fd: number): string => {
  const chunks: Buffer[] = []
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK)
    const size = read(fd, chunk, CHUNK)
    if (size === 0) return Buffer.concat(chunks).toString('utf8')
    chunks.push(chunk.subarray(0, size))
  }
}

/** @throws SyscallError */
export const readTextFile = (path: string): string => withFile(path, O_RDONLY, 0, readAll)

/**
 * @param flags O_EXCL, O_APPEND and the like may stand in place of O_TRUNC; O_WRONLY | O_CREAT are there. With
 *   O_NONBLOCK a FIFO that nobody reads is ENXIO; one that is full is waited for all the same
 * @throws SyscallError
 */
export const writeFile = (path: string, bytes: Buffer, flags = O_TRUNC, mode = 0o666): void =>
  withFile(path, O_WRONLY | O_CREAT | flags, mode, (fd) => {
    if (flags & O_NONBLOCK && bytes.length > 0) waitOn(fd, flags & ~O_NONBLOCK)
    for (let done = 0; done < bytes.length;) {
      const rest = bytes.subarray(done)
      done += write(fd, rest, rest.length)
    }
  })

/** {@link writeFile} */
export const writeTextFile = (path: string, text: string, flags?: number, mode?: number): void =>
  writeFile(path, Buffer.from(text), flags, mode)
