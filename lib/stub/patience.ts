/**
 * How long a process that is being set up may take for a system call, and what is said then. Parent.
 *
 * A mount of a dead server or a frozen cgroup can hold it in the kernel for ever. Its caller would then see
 * a `create` that hangs; we say what is being done instead, and where in the kernel it is. proc(5)
 */
import { Failure } from '../failure.ts'
import { NOTICE, waitLong } from '../sync/long-wait.ts'
import { currentStage } from '../sync/stage.ts'
import { outside } from '../sys/elsewhere.ts'
import { EAGAIN } from '../sys/errno.ts'
import { readAnswer } from '../sys/file.ts'
import { readTextFile } from '../sys/text-file.ts'

/** Without an answer for so long the process is given up. In seconds. */
const PATIENCE = 60

const readProc = (pid: number, file: string): string => {
  try {
    return readTextFile(`/proc/${pid}/${file}`)
  } catch {
    return ''
  }
}

/** Where a frozen process waits: in v1, and in v2. */
const FREEZERS = ['refrigerator', '__refrigerator', 'do_freezer_trap']

/** Why a process does not go on, as far as the kernel tells. */
export const whyStuck = (pid: number): string | undefined => {
  const symbol = readProc(pid, 'wchan')
  const [state = ''] = /(?<=^State:\t).*/m.exec(readProc(pid, 'status')) ?? []
  if (FREEZERS.includes(symbol)) return 'its cgroup is frozen; `resume` lets it go on'
  if (/^[Tt]/.test(state)) return `process ${pid} was stopped; \`kill -CONT ${pid}\` lets it go on`
  if (symbol === '' || symbol === '0')
    return state === '' ? undefined : `process ${pid} is ${state}`
  const where = `process ${pid} is ${state}, in the kernel's ${symbol}`
  return state.startsWith('D') ? `${where}: a device or a file server does not answer` : where
}

const hangs = (hint: string | undefined): Failure => {
  const { doing, pointer } = currentStage()
  return new Failure(
    `the process that was being set up made no progress for ${PATIENCE} s while it was to ${doing}`,
    {
      code: 'INIT_HANGS',
      ...(pointer !== '' && { pointer }),
      ...(hint !== undefined && { hint }),
    },
  )
}

export const died = (): Failure => {
  const { doing, pointer } = currentStage()
  return new Failure(
    `the process that was being set up ended unexpectedly while it was to ${doing}`,
    { code: 'INIT_DIED', ...(pointer !== '' && { pointer }) },
  )
}

/**
 * Reads what the process has to say.
 * @param line to it, which has a receive timeout of {@link NOTICE}
 * @param pid of the process
 * @returns how many bytes; 0 when it has ended
 * @throws Failure when nothing comes, or the user ends the wait
 */
export const readPatiently = (
  line: number,
  pid: number,
  buffer: Uint8Array,
  size = buffer.length,
): number =>
  outside(() => {
    const read = readAnswer(line, buffer, size)
    if (read !== -EAGAIN) return read
    const hint = whyStuck(pid)
    const what = `the process that is being set up to ${currentStage().doing}`
    if (!waitLong(line, { what, hint }, PATIENCE - NOTICE)) throw hangs(whyStuck(pid))
    return readAnswer(line, buffer, size)
  })
