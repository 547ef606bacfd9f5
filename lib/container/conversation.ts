/**
 * Parent: waits for the child's messages, and for its death, and no longer than is reasonable.
 *
 * A mount of a dead server or a frozen cgroup can hold the child in the kernel for ever. Its caller would
 * then see a `create` that hangs; we say what the child was doing instead, and where in the kernel it is.
 */
import { Failure } from '../failure.ts'
import { receiveMessage, type ChildMessage } from '../sync/channel.ts'
import { readStage } from '../sync/stage.ts'
import { numberOf } from '../sys/numbers.ts'
import { readTextFile } from '../sys/text-file.ts'
import { poll } from '../sys/signal.ts'

/** Without any progress for so long the child is given up. In milliseconds. */
const PATIENCE = 60_000
/** How often a silent child is looked at. In milliseconds. */
const LOOK = 100

/**
 * The child waits for a lock that nobody holds any more: one of the engine's threads had it at the fork
 * (`lib/sys/quiet.ts`). It has done nothing yet that lasts, and another fork will do.
 */
export class Deadlock extends Error {}

const readProc = (pid: number, file: string): string => {
  try {
    return readTextFile(`/proc/${pid}/${file}`)
  } catch {
    return ''
  }
}

/** A forked child has one thread, which has nobody to wait for in futex(2). */
const isInFutex = (pid: number): boolean =>
  readProc(pid, 'syscall').startsWith(`${numberOf('futex')} `)

const hangs = (pid: number, stage: number): Failure => {
  const { doing, pointer } = readStage(stage)
  const symbol = readProc(pid, 'wchan')
  const where = symbol === '' || symbol === '0' ? '' : ` (in the kernel's ${symbol})`
  return new Failure(
    `the container made no progress for ${PATIENCE / 1000} s while it was to ${doing}${where}`,
    { code: 'INIT_HANGS', ...(pointer !== '' && { pointer }) },
  )
}

/**
 * @param line our end of the line
 * @param pidfd of the child
 * @throws Deadlock; Failure when the child makes no progress
 */
export const listen = (line: number, pidfd: number, pid: number, stage: number): ChildMessage => {
  let silent = 0
  let inFutex = false
  for (let before = ''; ;) {
    const [spoke, died] = poll([line, pidfd], LOOK)
    if (spoke) return receiveMessage(line)
    if (died) return { type: 'closed' }
    const { doing } = readStage(stage)
    const wasInFutex = inFutex
    inFutex = isInFutex(pid)
    silent = doing === before ? silent + LOOK : 0
    if (inFutex && wasInFutex && silent > 0) throw new Deadlock(`the child's engine is stuck`)
    if (silent >= PATIENCE) throw hangs(pid, stage)
    before = doing
  }
}

const TRIES = 5

/** Runs `attempt`, and again after a {@link Deadlock}; it must have taken back what it did. */
export const despiteDeadlock = <T>(attempt: () => T): T => {
  for (let tries = 1; ; tries++) {
    try {
      return attempt()
    } catch (error) {
      if (!(error instanceof Deadlock) || tries === TRIES) throw error
    }
  }
}
