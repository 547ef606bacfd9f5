/** A failed system call, told as the call that was made: `openat([7]<"/run/c1">, "etc"): ENOENT`. */
import { elsewhere } from './elsewhere.ts'
import { errnoName } from './errno.ts'
import { libc } from './koffi.ts'
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

let readlink: ((path: string, buffer: Uint8Array, size: number) => number) | undefined

/** A descriptor as people know it, for messages only: `[7]<"/run/c1/rootfs">`. */
export const describeFd = (fd: number): string => {
  readlink ??= libc.func(
    'long readlink(const char *, _Out_ void *, size_t)',
  ) as unknown as typeof readlink
  const buffer = Buffer.alloc(512)
  const process = elsewhere()?.pid ?? 'self'
  const size = readlink!(`/proc/${process}/fd/${fd}`, buffer, buffer.length)
  return size < 0 ? `[${fd}]` : `[${fd}]<"${buffer.toString('utf8', 0, size)}">`
}

/** Whether `error` is a {@link SyscallError} or a Node error with one of these codes. */
export const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))
