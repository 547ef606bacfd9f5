/** A failed system call, told as the call that was made: `openat([7]<"/run/c1">, "etc"): ENOENT`. */
import { readlinkSync } from 'node:fs'
import { errnoName } from './errno.ts'
import { errorText } from './strerror.ts'

export class SyscallError extends Error {
  override readonly name = 'SyscallError'
  /** The call's man page: `mount`, `openat2`, … */
  readonly syscall: string
  /** What the kernel answered, positive. */
  readonly errno: number
  /** The same by name: `ENOENT`. */
  readonly code: string
  /** The call with its arguments, for `--debug`. */
  readonly call: string

  constructor(syscall: string, errno: number, call: string) {
    super(`${syscall}(2) ${errnoName(errno)}: ${errorText(errno)}`)
    this.syscall = syscall
    this.errno = errno
    this.code = errnoName(errno)
    this.call = call
  }
}

/** A descriptor as people know it, for messages only: `[7]<"/run/c1/rootfs">`. */
export const describeFd = (fd: number): string => {
  try {
    return `[${fd}]<"${readlinkSync(`/proc/self/fd/${fd}`)}">`
  } catch {
    return `[${fd}]`
  }
}

/** Whether `error` is a {@link SyscallError} or a Node error with one of these codes. */
export const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))
