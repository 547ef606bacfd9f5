/**
 * Files and directories of the host by path, for the parent; whole text files are in text-file.ts, which
 * says why neither uses node:fs. Never for a path inside a container.
 */
import { bind } from './bind.ts'
import { readDirectory } from './directory.ts'
import { EEXIST, EINVAL, ENODATA, ENOENT, ENOSYS, ENOTDIR, EPERM } from './errno.ts'
import { hasCode } from './error.ts'
import { close, openat, readlinkat, statat, type Stat } from './file.ts'
import { AT_FDCWD, O_DIRECTORY, O_PATH, O_RDONLY, S_IFDIR, S_IFMT } from './flags/open.ts'
import { dirname } from '../path.ts'

const MKDIR = 'int mkdir(const char *, uint)'
const rawMkdir = bind<[path: string, mode: number]>(MKDIR)
export const makeDirectory = (path: string, mode: number): void => void rawMkdir(path, mode)

const mkdirIfMissing = bind<[path: string, mode: number]>(MKDIR, { expect: [EEXIST] })
const tryMkdir = bind<[path: string, mode: number]>(MKDIR, { expect: [EEXIST, ENOENT] })
/** Parents, too. @returns whether it was not there before */
export const makeDirectories = (path: string, mode: number): boolean => {
  const result = tryMkdir(path, mode)
  if (result !== -ENOENT) return result === 0
  makeDirectories(dirname(path), mode)
  return mkdirIfMissing(path, mode) === 0
}

const rawRename = bind<[from: string, to: string]>('int rename(const char *, const char *)')
export const rename = (from: string, to: string): void => void rawRename(from, to)
/**
 * renameat2(2): of two names either stands for what the other did, in one step. EINVAL: the file system cannot; ENOSYS
 * and EPERM: a filter around us does not know it.
 */
const rawExchange = bind<[dir: number, from: string, toDir: number, to: string, flags: number]>(
  'int renameat2(int, const char *, int, const char *, uint)',
  { expect: [EINVAL, ENOENT, ENOSYS, EPERM] },
)
const RENAME_EXCHANGE = 2

/**
 * Puts `from` in the place of `to`, in one step. As rename(2) alone it would have ext4 write the file to its disk at
 * once, and whoever removes it wait for that.
 */
export const replace = (from: string, to: string): void => {
  if (rawExchange(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE) === 0) unlink(from)
  else rename(from, to)
}
const rawUnlink = bind<[path: string]>('int unlink(const char *)')
export const unlink = (path: string): void => void rawUnlink(path)
const rawRmdir = bind<[path: string]>('int rmdir(const char *)')
export const removeDirectory = (path: string): void => void rawRmdir(path)

const rawChown = bind<[path: string, uid: number, gid: number]>(
  'int chown(const char *, uint, uint)',
)
export const chown = (path: string, uid: number, gid: number): void => void rawChown(path, uid, gid)

const rawSetxattr = bind<
  [path: string, name: string, value: Uint8Array, size: number, flags: number]
>('int setxattr(const char *, const char *, const void *, size_t, int)')
/** xattr(7). @returns whether it has the attribute now: not every file system keeps them, nor for everybody */
export const setAttribute = (path: string, name: string): boolean => {
  try {
    return rawSetxattr(path, name, Buffer.alloc(1), 1, 0) === 0
  } catch {
    return false
  }
}

const rawGetxattr = bind<[path: string, name: string, value: null, size: number]>(
  'long getxattr(const char *, const char *, void *, size_t)',
  { expect: [ENODATA] },
)
export const hasAttribute = (path: string, name: string): boolean => {
  try {
    return rawGetxattr(path, name, null, 0) >= 0
  } catch {
    return false
  }
}

/** Runs `remove`; that it was gone already is as good. */
export const unlessGone = (remove: () => void): void => {
  try {
    remove()
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
}

const access = bind<[path: string, mode: number]>('int access(const char *, int)', {
  expect: [ENOENT, ENOTDIR],
})
export const exists = (path: string): boolean => {
  try {
    return access(path, 0) === 0
  } catch {
    return false
  }
}

const W_OK = 2
const AT_EACCESS = 0x200
const faccessat = bind<[dir: number, path: string, mode: number, flags: number]>(
  'int faccessat(int, const char *, int, int)',
)
/** Whether we may write to it, with what we are now. */
export const mayWrite = (path: string): boolean => {
  try {
    faccessat(AT_FDCWD, path, W_OK, AT_EACCESS)
    return true
  } catch {
    return false
  }
}

const rawStatfs = bind<[path: string, out: Uint8Array]>('int statfs(const char *, void *)')
/** The magic number of the file system a path is on, statfs(2). */
export const fileSystemAt = (path: string): number => {
  const out = Buffer.alloc(128)
  rawStatfs(path, out)
  return out.readUInt32LE(0)
}

/** Of the file itself: a symbolic link is not followed. */
export const stat = (path: string): Stat => statat(AT_FDCWD, path)
export const isDirectory = (path: string): boolean => (stat(path).mode & S_IFMT) === S_IFDIR

export const listDirectory = (path: string): readonly string[] => {
  const directory = openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY)
  try {
    return readDirectory(directory)
  } finally {
    close(directory)
  }
}

export const readLink = (path: string): string => readlinkat(AT_FDCWD, path)

/** realpath(3): absolute, and without symbolic links, by asking the kernel where the file is. */
export const realPath = (path: string): string => {
  const file = openat(AT_FDCWD, path, O_PATH)
  try {
    return readLink(`/proc/self/fd/${file}`)
  } finally {
    close(file)
  }
}
