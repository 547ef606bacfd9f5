/** `tmpcopyup`: a tmpfs that starts with what the directory below it holds. Inside. */
import {
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOFOLLOW,
  O_RDONLY,
  O_WRONLY,
  S_IFDIR,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
} from '../../sys/flags/open.ts'
import {
  close,
  fchmod,
  lchownat,
  mkdirat,
  mknodat,
  openat,
  readlinkat,
  sendfile,
  statat,
  symlinkat,
  type Stat,
} from '../../sys/file.ts'
import { readDirectory } from '../../sys/directory.ts'

/** In bytes: one call. */
const CHUNK = 1 << 24

const copyFile = (from: number, to: number, name: string, mode: number): void => {
  const source = openat(from, name, O_RDONLY | O_NOFOLLOW)
  const copy = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
  while (sendfile(copy, source, null, CHUNK) > 0);
  fchmod(copy, mode & 0o7777)
  close(copy)
  close(source)
}

const copyDirectory = (from: number, to: number, name: string, mode: number): void => {
  mkdirat(to, name, 0o700)
  const source = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  const copy = openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  copyTree(source, copy)
  fchmod(copy, mode & 0o7777)
  close(copy)
  close(source)
}

const copyEntry = (from: number, to: number, name: string, stat: Stat): void => {
  const type = stat.mode & S_IFMT
  if (type === S_IFDIR) copyDirectory(from, to, name, stat.mode)
  else if (type === S_IFREG) copyFile(from, to, name, stat.mode)
  else if (type === S_IFLNK) symlinkat(readlinkat(from, name), to, name)
  else mknodat(to, name, stat.mode, stat.major, stat.minor)
  lchownat(to, name, stat.uid, stat.gid)
}

/** Copies everything in the directory `from` into the directory `to`, with owners and modes. */
const copyTree = (from: number, to: number): void => {
  for (const name of readDirectory(from)) copyEntry(from, to, name, statat(from, name))
}

/** @param mount a fresh tmpfs; @param target the directory it will cover */
export const copyUp = (target: number, mount: number): void => {
  const from = openat(target, '.', O_RDONLY | O_DIRECTORY)
  const to = openat(mount, '.', O_RDONLY | O_DIRECTORY)
  copyTree(from, to)
  close(to)
  close(from)
}
