/**
 * Who started this process, with what and where: its environment, ids, working directory.
 *
 * The engine of a process that goes on from the snapshot (`snapshot/`) began in another one: there `process.env`,
 * `process.pid`, `process.cwd()` and `performance.now()` tell of that. So the C library is asked, and not by
 * `bind`, whose calls may be made elsewhere.
 */
import { SyscallError } from './error.ts'
import { decodeName } from './file-name.ts'
import { ffi, libc } from './koffi.ts'

/** The value of a variable, as getenv(3) finds it. */
export type Lookup = (name: string) => string | undefined

export interface Environment {
  readonly variable: Lookup
  /** All of them as execve(2) takes them, `NAME=value`. */
  readonly variables: () => readonly string[]
}

const engines: Environment = {
  variable: (name) => process.env[name],
  variables: () => Object.entries(process.env).map(([name, value]) => `${name}=${value}`),
}

let environment = engines

/** What {@link variable} and {@link variables} go by from now on. */
export const handOver = (given: Environment): void => {
  environment = given
}

/** Whether this process goes on from the snapshot. */
export const isHandedOver = (): boolean => environment !== engines

export const variable: Lookup = (name) => environment.variable(name)

export const variables = (): readonly string[] => environment.variables()

type Ask = () => number
type Fill = (buffer: Uint8Array, size: number) => unknown

let getpid: Ask | undefined
let getppid: Ask | undefined
let getcwd: Fill | undefined

export const ownPid = (): number => (getpid ??= libc.func('int getpid()') as unknown as Ask)()
export const parentPid = (): number => (getppid ??= libc.func('int getppid()') as unknown as Ask)()

/** PATH_MAX. */
const LONGEST = 4096

/** @throws SyscallError ENOENT when it has been removed */
export const workingDirectory = (): string => {
  getcwd ??= libc.func('void *getcwd(void *, size_t)') as unknown as Fill
  const buffer = Buffer.alloc(LONGEST)
  if (getcwd(buffer, LONGEST) === null) throw new SyscallError('getcwd', ffi.errno(), 'getcwd()')
  return decodeName(buffer.subarray(0, buffer.indexOf(0)))
}
