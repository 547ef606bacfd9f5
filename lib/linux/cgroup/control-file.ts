/**
 * Reads and writes the files through which cgroups are controlled. Parent. cgroups(7).
 *
 * They are never created and never truncated: a missing file is a missing controller and has to be
 * told from one that we may not write.
 */
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  rmdirSync,
  writeSync,
} from 'node:fs'
import { SyscallError } from '../../sys/error.ts'

/** One write(2) for the whole value: the kernel takes each write as a command of its own. */
export const writeControl = (path: string, ...values: readonly string[]): void => {
  const file = call('open', path, () => openSync(path, constants.O_WRONLY))
  try {
    for (const value of values) {
      call('write', `${path} < ${JSON.stringify(value)}`, () => writeSync(file, value))
    }
  } finally {
    closeSync(file)
  }
}

/** The text without its final newline. */
export const readControl = (path: string): string =>
  call('read', path, () => readFileSync(path, 'utf8')).trimEnd()

/** Empty where there is no such file, or none that can be read. */
export const tryReadControl = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trimEnd()
  } catch {
    return ''
  }
}

export const makeCgroup = (path: string): void =>
  void call('mkdir', path, () => mkdirSync(path, 0o755))

export const removeCgroup = (path: string): void => call('rmdir', path, () => rmdirSync(path))

/** Errors of node:fs as those of our own calls, so that all print alike. */
const call = <T>(name: string, what: string, action: () => T): T => {
  try {
    return action()
  } catch (error) {
    const number = error instanceof Error && 'errno' in error ? Math.abs(Number(error.errno)) : 0
    throw number ? new SyscallError(name, number, `${name}(${what})`) : error
  }
}
