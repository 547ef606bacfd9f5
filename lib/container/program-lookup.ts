/**
 * PARENT, within `inside`. Whether there is a program to start, once the container's root is entered.
 *
 * It is `start` that executes it, and only then all can be known. But runc and crun look for it in `create`, and podman
 * reads the reason for its own status 127 from nowhere else.
 */
import type { StubCall } from '../stub/table.ts'
import { SyscallError } from '../sys/error.ts'
import { faccessat, tryDirectory } from '../sys/file.ts'
import { AT_FDCWD } from '../sys/flags/open.ts'
import { EACCES, EISDIR } from '../sys/errno.ts'
import { together } from '../sys/elsewhere.ts'
import { explainExec } from './execve-failure.ts'

const X_OK = 1

/** A directory may be executed as far as faccessat(2) knows. */
const findAt = (path: string): void => {
  const directory = together(() => {
    faccessat(AT_FDCWD, path, X_OK, 0)
    return tryDirectory(AT_FDCWD, path)
  })
  if (directory === 0) throw new SyscallError('execve', EISDIR, `execve(${JSON.stringify(path)})`)
}

/**
 * @param calls the stub's table, with one execve for every place to look at
 * @throws Failure PROGRAM_NOT_FOUND, PROGRAM_NOT_EXECUTABLE
 */
export const findProgram = (program: string, calls: readonly StubCall[]): void => {
  let decisive: SyscallError | undefined
  for (const { call, args } of calls) {
    if (call !== 'execve') continue
    try {
      findAt((args[0] as { readonly text: string }).text)
      return
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error
      if (decisive?.errno !== EACCES) decisive = error
    }
  }
  if (decisive !== undefined) throw explainExec(program, decisive.errno, decisive.call)
}
