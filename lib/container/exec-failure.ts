/**
 * Why the program did not start, in the words that callers of runc look for. Pure.
 *
 * docker and podman turn "no such file or directory" and "executable file not found" into status 127,
 * "permission denied" into 126; a shell does the same.
 */
import { Failure } from '../failure.ts'
import { EACCES, EISDIR, ENOENT, ENOTDIR } from '../sys/errno.ts'
import { SyscallError } from '../sys/error.ts'
import type { StubRecord } from '../stub/table.ts'
import type { ContainerState } from './state.ts'
import { stubFailure } from './stub-failure.ts'

const NOT_FOUND = 127
const NOT_EXECUTABLE = 126

/** execvp(3): found but not allowed beats not found, whatever came last. */
const decisive = (records: readonly StubRecord[]): StubRecord | undefined =>
  records.find(({ errno }) => errno === EACCES) ?? records.at(-1)

const withStatus = (message: string, exitStatus: number, hint?: string): Failure =>
  new Failure(message, {
    code: exitStatus === NOT_FOUND ? 'PROGRAM_NOT_FOUND' : 'PROGRAM_NOT_EXECUTABLE',
    exitStatus,
    pointer: '/process/args/0',
    ...(hint !== undefined && { hint }),
  })

/** @param lastCall the call as it was made */
export const explainExec = (program: string, number: number, lastCall: string): Failure => {
  const name = JSON.stringify(program)
  const isSearched = !program.includes('/')
  // Of nothing the search makes directories, which are not looked for.
  const isMissing = number === ENOENT || number === ENOTDIR || program === ''
  if (isMissing || (number === EISDIR && isSearched)) {
    return isSearched
      ? withStatus(`exec: ${name}: executable file not found in $PATH`, NOT_FOUND)
      : withStatus(
          `exec: ${name}: stat ${program}: no such file or directory`,
          NOT_FOUND,
          'if the file is there, its interpreter (#! line, or the dynamic loader) is missing',
        )
  }
  if (number === EISDIR) {
    // runc 1.1 says the second, 1.4 the first; execve(2) itself knows the second alone.
    return withStatus(`exec: ${name}: is a directory: permission denied`, NOT_EXECUTABLE)
  }
  if (number === EACCES) {
    return withStatus(
      `exec: ${name}: permission denied`,
      NOT_EXECUTABLE,
      'it is a directory, or the configured user may not execute it or enter a directory on its way, or its mount is noexec',
    )
  }
  return new Failure(`exec: ${name}`, {
    cause: new SyscallError('execve', number, lastCall),
    code: 'PROGRAM_NOT_EXECUTABLE',
    exitStatus: NOT_EXECUTABLE,
    pointer: '/process/args/0',
  })
}

/**
 * @param records what the stub sent before it ended or became the program
 * @returns nothing when the program runs: an earlier candidate of the search may have failed
 */
export const execFailure = (
  records: readonly StubRecord[],
  { calls, program }: Pick<ContainerState, 'calls' | 'program'>,
): Failure | undefined => {
  const execs = calls.flatMap(({ call }, i) => (call === 'execve' ? [i] : []))
  const other = records.find(({ index }) => !execs.includes(index))
  if (other) return stubFailure(other, calls)
  const last = records.at(-1)
  const searchEnded = last && (last.index === execs.at(-1) || !isTolerated(last.errno))
  if (!searchEnded) return undefined
  const { index, errno: number } = decisive(records)!
  return explainExec(program, number, calls[index]!.doing)
}

const isTolerated = (number: number): boolean =>
  number === ENOENT || number === ENOTDIR || number === EACCES
