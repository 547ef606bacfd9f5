/** Files and descriptors by system call, for code that must work on handles and not on paths. */
import { bind, bindSyscall, fd } from './bind.ts'
import { EAGAIN, EBADF, EEXIST, ENAMETOOLONG, ENOENT, ENOTDIR } from './errno.ts'
import { hasCode } from './error.ts'
import { decodeName } from './file-name.ts'
import {
  AT_EMPTY_PATH,
  AT_SYMLINK_NOFOLLOW,
  F_ADD_SEALS,
  F_DUPFD_CLOEXEC,
  F_GETFD,
  F_SETFL,
  O_CLOEXEC,
} from './flags/open.ts'

export const close = bind<[fd: number]>('int close(int)', { print: [fd], awaited: false })
export const dup3 = bind<[from: number, to: number, flags: number]>('int dup3(int, int, int)', {
  print: [fd],
})
const fcntl = bind<[fd: number, command: number, argument: number]>('int fcntl(int, int, long)', {
  print: [fd],
})
export const isOpen = (file: number): boolean => {
  try {
    return fcntl(file, F_GETFD, 0) >= 0
  } catch (error) {
    if (!hasCode(error, 'EBADF')) throw error
    return false
  }
}
/** The same file under a number of at least `lowest`, close-on-exec. */
export const dupAbove = (file: number, lowest: number): number =>
  fcntl(file, F_DUPFD_CLOEXEC, lowest)
/** What was opened with O_NONBLOCK, only so that the opening does not wait, waits from now on. */
export const waitOn = (file: number, flags = 0): void => void fcntl(file, F_SETFL, flags)
export const addSeals = (memfd: number, seals: number): void =>
  void fcntl(memfd, F_ADD_SEALS, seals)

const rawOpenat = bind<[dir: number, path: string, flags: number, mode: number]>(
  'int openat(int, const char *, int, uint)',
  { print: [fd] },
)
/** openat(2), always close-on-exec. */
export const openat = (dir: number, path: string, flags: number, mode = 0): number =>
  rawOpenat(dir, path, flags | O_CLOEXEC, mode)

export const read = bind<[fd: number, buffer: Uint8Array, size: number]>(
  'long read(int, void *, size_t)',
  { print: [fd] },
)
/** The same, for a socket with a deadline: -EAGAIN when it has passed. */
export const readAnswer = bind<[fd: number, buffer: Uint8Array, size: number]>(
  'long read(int, void *, size_t)',
  { print: [fd], expect: [EAGAIN] },
)
export const write = bind<[fd: number, buffer: Uint8Array | string, size: number]>(
  'long write(int, const void *, size_t)',
  { print: [fd] },
)
export const pread = bind<[fd: number, buffer: Uint8Array, size: number, offset: number]>(
  'long pread(int, void *, size_t, long)',
  { print: [fd] },
)
export const writeText = (file: number, text: string): void => {
  const bytes = Buffer.from(text)
  write(file, bytes, bytes.length)
}

/** fsetxattr(2): an extended attribute, xattr(7). Not of an O_PATH descriptor. */
export const fsetxattr = bind<
  [fd: number, name: string, value: Uint8Array, size: number, flags: number]
>('int fsetxattr(int, const char *, const void *, size_t, int)', { print: [fd] })

export const lseek = bind<[fd: number, offset: number, whence: number]>(
  'long lseek(int, long, int)',
  { print: [fd] },
)

/** sendfile(2): the bytes do not pass through any process. @returns how many it were; 0 at the end */
export const sendfile = bind<[to: number, from: number, offset: null, size: number]>(
  'long sendfile(int, int, void *, size_t)',
  { print: [fd, fd] },
)

export const mkdirat = bind<[dir: number, path: string, mode: number]>(
  'int mkdirat(int, const char *, uint)',
  { print: [fd] },
)
export const mkdiratIfMissing = bind<[dir: number, path: string, mode: number]>(
  'int mkdirat(int, const char *, uint)',
  { print: [fd], expect: [EEXIST] },
)
const rawMknodat = bind<[dir: number, path: string, mode: number, device: number]>(
  'int mknodat(int, const char *, uint, ulong)',
  { print: [fd] },
)
/** makedev(3), for the numbers that fit Linux's 12 and 20 bits. */
const makedev = (major: number, minor: number): number =>
  (major & 0xfff) * 256 + (minor & 0xff) + (minor >>> 8) * 2 ** 20
export const mknodat = (
  dir: number,
  path: string,
  mode: number,
  major: number,
  minor: number,
): void => void rawMknodat(dir, path, mode, makedev(major, minor))
export const symlinkat = bind<[target: string, dir: number, path: string]>(
  'int symlinkat(const char *, int, const char *)',
  { print: [undefined, fd] },
)
export const unlinkatIfExists = bind<[dir: number, path: string, flags: number]>(
  'int unlinkat(int, const char *, int)',
  { print: [fd], expect: [ENOENT] },
)
export const unlinkat = bind<[dir: number, path: string, flags: number]>(
  'int unlinkat(int, const char *, int)',
  { print: [fd] },
)
const rawFchownat = bind<[dir: number, path: string, uid: number, gid: number, flags: number]>(
  'int fchownat(int, const char *, uint, uint, int)',
  { print: [fd] },
)
export const fchownat = rawFchownat
export const lchownat = (dir: number, path: string, uid: number, gid: number): void =>
  void rawFchownat(dir, path, uid, gid, AT_SYMLINK_NOFOLLOW)
export const fchmod = bind<[fd: number, mode: number]>('int fchmod(int, uint)', { print: [fd] })
export const fchmodat = bind<[dir: number, path: string, mode: number, flags: number]>(
  'int fchmodat(int, const char *, uint, int)',
  { print: [fd] },
)
const rawReadlinkat = bind<[dir: number, path: string, buffer: Uint8Array, size: number]>(
  'long readlinkat(int, const char *, void *, size_t)',
  { print: [fd] },
)
export const readlinkat = (dir: number, path: string): string => {
  const buffer = Buffer.alloc(4096)
  return decodeName(buffer.subarray(0, rawReadlinkat(dir, path, buffer, buffer.length)))
}
export const chdir = bind<[path: string]>('int chdir(const char *)')
/** By the real user id. With X_OK the kernel refuses root, too, what nobody may execute. */
export const faccessat = bind<[dir: number, path: string, mode: number, flags: number]>(
  'int faccessat(int, const char *, int, int)',
  { print: [fd] },
)
const F_OK = 0
const accessOfDirectory = bind<[dir: number, path: string, mode: number, flags: number]>(
  'int faccessat(int, const char *, int, int)',
  { print: [fd], expect: [ENOTDIR, ENAMETOOLONG] },
)
/** A trailing slash makes ENOTDIR of everything else. @returns 0 for a directory */
export const tryDirectory = (dir: number, path: string): number =>
  accessOfDirectory(dir, `${path}/`, F_OK, 0)
export const fchdir = bind<[fd: number]>('int fchdir(int)', { print: [fd] })
export const chroot = bind<[path: string]>('int chroot(const char *)')

export interface Stat {
  readonly inode: number
  readonly links: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  readonly major: number
  readonly minor: number
  /** Of the mount the file is on, Linux 5.8. */
  readonly mountId: number
}
type Statx = [dir: number, path: string, flags: number, mask: number, out: Uint8Array]
const STATX = 'int statx(int, const char *, int, uint, void *)'
const rawStatx = bind<Statx>(STATX, { print: [fd] })
const statxIfOpen = bind<Statx>(STATX, { print: [fd], expect: [EBADF] })
const STATX_BASIC_STATS = 0x7ff
const STATX_MNT_ID = 0x1000
/**
 * statx(2) of `path` under `dir` without following a final symbolic link; `''` is `dir` itself.
 * @returns what reads the answer, for when it is there
 */
export const askStat = (dir: number, path: string, call = rawStatx): (() => Stat) => {
  const out = Buffer.alloc(256)
  const flags = AT_SYMLINK_NOFOLLOW | (path === '' ? AT_EMPTY_PATH : 0)
  call(dir, path, flags, STATX_BASIC_STATS | STATX_MNT_ID, out)
  return () => ({
    links: out.readUInt32LE(16),
    inode: Number(out.readBigUInt64LE(32)),
    uid: out.readUInt32LE(20),
    gid: out.readUInt32LE(24),
    mode: out.readUInt16LE(28),
    size: Number(out.readBigUInt64LE(40)),
    major: out.readUInt32LE(128),
    minor: out.readUInt32LE(132),
    mountId: Number(out.readBigUInt64LE(144)),
  })
}
/** The same of what a call before has opened, if it has. */
export const askStatIfOpen = (file: number): (() => Stat) => askStat(file, '', statxIfOpen)
export const statat = (dir: number, path: string): Stat => askStat(dir, path)()

const rawFstatfs = bind<[fd: number, out: Uint8Array]>('int fstatfs(int, void *)', { print: [fd] })
/**
 * The magic number of the file system a descriptor is on, statfs(2).
 * @returns what reads the answer, for when it is there
 */
export const askFileSystemType = (file: number): (() => number) => {
  const out = Buffer.alloc(128)
  rawFstatfs(file, out)
  return () => out.readUInt32LE(0)
}
export const fileSystemType = (file: number): number => askFileSystemType(file)()

const rawMemfd = bindSyscall<[name: string, flags: number]>('memfd_create', [
  'const char *',
  'uint',
])
/** memfd_create(2): a file without a name in any file system. */
export const memfdCreate = (name: string, flags: number): number => rawMemfd(name, flags)
