/**
 * Compiled filters, kept under `--root`: compiling docker's takes longer than everything else. Parent.
 *
 * The directory's name can be no container's. A file is named by a digest of everything that goes into
 * the filter; it and its directory must be ours alone, or they are not used.
 */
import type { Seccomp } from '../../spec/types.ts'
import { hasCode } from '../../sys/error.ts'
import { close, openat, read, statat, write } from '../../sys/file.ts'
import {
  AT_FDCWD,
  O_CREAT,
  O_EXCL,
  O_NOFOLLOW,
  O_RDONLY,
  O_WRONLY,
  S_IFMT,
  S_IFREG,
} from '../../sys/flags/open.ts'
import { makeDirectories, rename, stat, unlink } from '../../sys/host.ts'
import { libseccompVersion } from '../../sys/libseccomp.ts'
import { readTextFile } from '../../sys/text-file.ts'
import { compileSeccomp } from './compile.ts'
import { ownPid } from '../../sys/caller.ts'

/** `@` occurs in no id. */
const DIRECTORY = '@seccomp'
/** Of what this code makes of a config. */
const FORMAT = 'tsrun 4'
const MAX_SIZE = 1 << 20

interface Hasher {
  update: (data: string | Uint8Array) => Hasher
  digest: (encoding: 'hex') => string
}

/** Bun has a hash built in; loading node:crypto takes it longer than the filter would. */
const sha256 = (): Hasher => {
  const { Bun } = globalThis as { Bun?: { CryptoHasher: new (name: string) => Hasher } }
  if (Bun) return new Bun.CryptoHasher('sha256')
  return process.getBuiltinModule('node:crypto').createHash('sha256')
}

const json = (value: unknown): string => {
  try {
    return JSON.stringify(value)
  } catch {
    // A number that only a bigint holds.
    return JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v))
  }
}

const keyOf = (seccomp: Seccomp, failUnknown: boolean): string => {
  const hash = sha256()
  const parts = [
    FORMAT,
    process.arch,
    readTextFile('/proc/sys/kernel/osrelease'),
    libseccompVersion(),
    String(failUnknown),
    json(seccomp),
  ]
  for (const part of parts) hash.update(`${part.length}:`).update(part)
  return hash.digest('hex')
}

/** What a file begins with, of what follows: nobody waited until it was on a disk, and half a filter may allow more. */
const digestOf = (filter: Buffer): string => sha256().update(filter).digest('hex')
const DIGEST_SIZE = 64

/** @returns the filter of a file's content */
const checked = (bytes: Buffer): Buffer | undefined => {
  const filter = bytes.subarray(DIGEST_SIZE)
  return bytes.toString('latin1', 0, DIGEST_SIZE) === digestOf(filter) ? filter : undefined
}

const readOwn = (path: string): Buffer | undefined => {
  let file
  try {
    file = openat(AT_FDCWD, path, O_RDONLY | O_NOFOLLOW)
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ELOOP', 'EACCES')) return undefined
    throw error
  }
  try {
    const { mode, uid, size } = statat(file, '')
    const isOurs = (mode & S_IFMT) === S_IFREG && (mode & 0o077) === 0 && uid === process.geteuid!()
    if (!isOurs || size === 0 || size % 8 !== 0 || size > MAX_SIZE) return undefined
    const bytes = Buffer.alloc(size)
    return read(file, bytes, size) === size ? checked(bytes) : undefined
  } finally {
    close(file)
  }
}

/** A reader sees a whole file or none. That it could not be kept is no error: it is made anew next time. */
const keep = (filter: Buffer, path: string): void => {
  const temporary = `${path}.${ownPid()}`
  const bytes = Buffer.concat([Buffer.from(digestOf(filter)), filter])
  try {
    const file = openat(AT_FDCWD, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
    let written
    try {
      written = write(file, bytes, bytes.length)
    } finally {
      close(file)
    }
    if (written === bytes.length) rename(temporary, path)
    else unlink(temporary)
  } catch {
    return
  }
}

/** @param root the directory of `--root` */
export const filterFor = (seccomp: Seccomp, failUnknown: boolean, root: string): Buffer => {
  const directory = `${root}/${DIRECTORY}`
  makeDirectories(directory, 0o700)
  const { uid, mode } = stat(directory)
  if (uid !== process.geteuid!() || (mode & 0o022) !== 0 || (mode & S_IFMT) !== 0o040000) {
    return compileSeccomp(seccomp, failUnknown)
  }
  const path = `${directory}/${keyOf(seccomp, failUnknown)}`
  const kept = readOwn(path)
  if (kept) return kept
  const filter = compileSeccomp(seccomp, failUnknown)
  keep(filter, path)
  return filter
}
