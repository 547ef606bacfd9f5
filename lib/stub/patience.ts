/**
 * How long a process that sets up a container may take for a system call, and what is said then. Parent.
 *
 * A mount of a dead server or a frozen cgroup can hold it in the kernel for ever. Its caller would then see
 * a `create` that hangs; we say what was being done instead, and where in the kernel it is. proc(5)
 */
import { Failure } from '../failure.ts'
import { currentStage } from '../sync/stage.ts'
import { readTextFile } from '../sys/text-file.ts'

/** Without an answer for so long the process is given up. In seconds. */
export const PATIENCE = 60

const readProc = (pid: number, file: string): string => {
  try {
    return readTextFile(`/proc/${pid}/${file}`)
  } catch {
    return ''
  }
}

export const hangs = (pid: number): Failure => {
  const { doing, pointer } = currentStage()
  const symbol = readProc(pid, 'wchan')
  const where = symbol === '' || symbol === '0' ? '' : ` (in the kernel's ${symbol})`
  return new Failure(
    `the container made no progress for ${PATIENCE} s while it was to ${doing}${where}`,
    { code: 'INIT_HANGS', ...(pointer !== '' && { pointer }) },
  )
}

export const died = (): Failure => {
  const { doing, pointer } = currentStage()
  return new Failure(
    `the process that was being set up ended unexpectedly while it was to ${doing}`,
    {
      code: 'INIT_DIED',
      ...(pointer !== '' && { pointer }),
    },
  )
}
