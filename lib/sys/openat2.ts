/** Resolving a path under rules, in one step of the kernel's: openat2(2), Linux 5.6. Always close-on-exec. */
import { bindSyscall, fd, type Printer } from './bind.ts'
import { EAGAIN, ENOENT } from './errno.ts'
import { O_CLOEXEC } from './flags/open.ts'

type Call = [dir: number, path: string, how: Buffer, size: number]

const TYPES = ['int', 'const char *', 'const void *', 'size_t']
const printHow: Printer = (how: Buffer) =>
  `{flags=0${how.readUInt32LE(0).toString(8)}, resolve=${how.readUInt32LE(16)}}`
const print = [fd, undefined, printHow]

const call = bindSyscall<Call>('openat2', TYPES, { print, expect: [EAGAIN] })
const callIfExists = bindSyscall<Call>('openat2', TYPES, { print, expect: [EAGAIN, ENOENT] })
const callOnce = bindSyscall<Call>('openat2', TYPES, { print })

/**
 * A rename somewhere on the host raced with the walk: EAGAIN. An attacker can keep that up, so the tries
 * are bounded.
 */
const TRIES = 128
const SIZE = 24

/** By flags and rules, of which there are few. */
const hows = new Map<number, Buffer>()

const howOf = (flags: number, resolve: number): Buffer => {
  const key = flags * 256 + resolve
  let how = hows.get(key)
  if (how === undefined) {
    how = Buffer.alloc(SIZE)
    how.writeUInt32LE(flags | O_CLOEXEC, 0)
    how.writeUInt32LE(resolve, 16)
    hows.set(key, how)
  }
  return how
}

const open = (
  attempt: typeof call,
  dir: number,
  path: string,
  flags: number,
  resolve: number,
): number => {
  const how = howOf(flags, resolve)
  for (let tries = 0; tries < TRIES; tries++) {
    const result = attempt(dir, path, how, SIZE)
    if (result !== -EAGAIN) return result
  }
  return callOnce(dir, path, how, SIZE)
}

export const openat2 = (dir: number, path: string, flags: number, resolve: number): number =>
  open(call, dir, path, flags, resolve)

/** The same for what may well be missing: `undefined` for ENOENT. */
export const openat2IfExists = (
  dir: number,
  path: string,
  flags: number,
  resolve: number,
): number | undefined => {
  const result = open(callIfExists, dir, path, flags, resolve)
  return result === -ENOENT ? undefined : result
}

/** One try, for {@link together}. @returns a descriptor, or -EAGAIN, or -ENOENT */
export const tryOpenat2 = (dir: number, path: string, flags: number, resolve: number): number =>
  callIfExists(dir, path, howOf(flags, resolve), SIZE)
