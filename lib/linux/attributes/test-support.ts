/** A process that does as it is told, and what it becomes in the end. */
import { spawnStub } from '../../stub/spawn.ts'
import { inside } from '../../sys/elsewhere.ts'
import { close, lseek, memfdCreate, openat } from '../../sys/file.ts'
import { AT_FDCWD, MFD_CLOEXEC, O_DIRECTORY, O_PATH } from '../../sys/flags/open.ts'
import { wait } from '../../sys/process.ts'
import { readAll } from '../../sys/text-file.ts'

export interface Outcome {
  readonly status: number | undefined
  readonly stdout: string
}

/**
 * @param action done by the process; it is given a descriptor of its own of the host's procfs
 * @param program what it becomes then
 */
export const inStub = (action: (proc: number) => void, ...program: readonly string[]): Outcome => {
  const output = memfdCreate('stdout', MFD_CLOEXEC)
  const files = new Map([
    [0, 0],
    [1, output],
    [2, 2],
  ])
  const stub = spawnStub(3, files)
  try {
    inside(stub, () => action(openat(AT_FDCWD, '/proc', O_PATH | O_DIRECTORY)))
  } catch (error) {
    close(stub.line)
    wait(stub.pid)
    throw error
  }
  stub.become([
    {
      call: 'execve',
      args: [{ text: program[0] ?? '' }, { texts: program }, { texts: ['PATH=/usr/bin:/bin'] }],
      doing: 'exec',
    },
  ])
  const status = wait(stub.pid)?.status
  close(stub.line)
  lseek(output, 0, 0)
  const stdout = readAll(output)
  close(output)
  return { status, stdout }
}
