/**
 * Turns a C prototype into a function that throws.
 *
 * Every binding is made at its first call (a declaration costs 8 µs, and no command needs them all),
 * retries EINTR, refuses strings with a NUL inside (C would cut them there and act on another file)
 * and turns -1 into a {@link SyscallError} that prints the call as it was made.
 */
import { EINTR, EINVAL } from './errno.ts'
import { SyscallError, describeFd } from './error.ts'
import { ffi, libc } from './koffi.ts'
import { numberOf, type SyscallName } from './numbers.ts'

/** How an argument prints in an error. Plain values need none. */
export type Printer = (value: never) => string

export const fd: Printer = (value: number) => (value === -100 ? 'AT_FDCWD' : describeFd(value))

interface Options {
  /** One a parameter; parameters without one print as they are. */
  readonly print?: readonly (Printer | undefined)[]
  /**
   * Answers that are no error to the caller: they are returned, negative. Making an error with its stack
   * and its text takes 50 µs, as long as the mount that one of ten masked paths then does not need.
   */
  readonly expect?: readonly number[]
  /** `false` where the caller wants EINTR itself: poll(2), waitpid(2) in a signal loop. */
  readonly retry?: false
}

type Native = (...args: readonly unknown[]) => number

const printArgument = (value: unknown, printer: Printer | undefined): string => {
  if (printer) return printer(value as never)
  if (typeof value === 'string') return JSON.stringify(value)
  if (value === null) return 'NULL'
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const refuseNul = (name: string, args: readonly unknown[]): void => {
  for (const value of args) {
    if (typeof value === 'string' && value.includes('\0')) {
      throw new SyscallError(name, EINVAL, `${name}(${JSON.stringify(value)})`)
    }
  }
}

const caller = <A extends readonly unknown[]>(
  name: string,
  declare: () => Native,
  options: Options,
): ((...args: A) => number) => {
  let native: Native | undefined
  return (...args) => {
    native ??= declare()
    refuseNul(name, args)
    for (;;) {
      const result = native(...args)
      if (result !== -1) return result
      const number = ffi.errno()
      if (number === EINTR && options.retry !== false) continue
      if (options.expect?.includes(number)) return -number
      const printed = args.map((value, i) => printArgument(value, options.print?.[i]))
      throw new SyscallError(name, number, `${name}(${printed.join(', ')})`)
    }
  }
}

/** A function of libc, by its C prototype: `bind<[fd: number]>('int fsync(int)', …)`. */
export const bind = <A extends readonly unknown[]>(
  prototype: string,
  options: Options = {},
): ((...args: A) => number) => {
  const name = /(\w+)\s*\(/.exec(prototype)?.[1] ?? prototype
  return caller<A>(name, () => libc.func(prototype) as unknown as Native, options)
}

const bySignature = new Map<string, Native>()

/** syscall(2) for these types of arguments; many calls share one. */
const syscallOf = (types: readonly string[]): Native => {
  const signature = types.join()
  let native = bySignature.get(signature)
  if (!native) {
    native = libc.func('syscall', 'long', ['long', ...types]) as unknown as Native
    bySignature.set(signature, native)
  }
  return native
}

/**
 * A system call by number, for what libc (or an older libc) lacks.
 * @param types koffi types of the call's own arguments, without the number
 */
export const bindSyscall = <A extends readonly unknown[]>(
  name: SyscallName,
  types: readonly string[],
  options: Options = {},
): ((...args: A) => number) => {
  const number = numberOf(name)
  const declare = (): Native => {
    const native = syscallOf(types)
    return (...args) => native(number, ...args)
  }
  return caller<A>(name, declare, options)
}
