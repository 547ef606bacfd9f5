/**
 * Parent: waits for the child's messages, and for its death, and no longer than is reasonable.
 *
 * A mount of a dead server or a frozen cgroup can hold the child in the kernel for ever. Its caller would
 * then see a `create` that hangs; we say what the child was doing instead, and where in the kernel it is.
 */
import { Failure } from '../failure.ts'
import { receiveMessage, type ChildMessage } from '../sync/channel.ts'
import { readStage } from '../sync/stage.ts'
import { readTextFile } from '../sys/text-file.ts'
import { poll } from '../sys/signal.ts'

/** Without any progress for so long the child is given up. In milliseconds. */
const PATIENCE = 60_000

const waitsIn = (pid: number): string => {
  try {
    const symbol = readTextFile(`/proc/${pid}/wchan`)
    return symbol === '' || symbol === '0' ? '' : ` (in the kernel's ${symbol})`
  } catch {
    return ''
  }
}

/**
 * @param line our end of the line
 * @param pidfd of the child
 */
export const listen = (line: number, pidfd: number, pid: number, stage: number): ChildMessage => {
  for (let before = ''; ;) {
    const [spoke, died] = poll([line, pidfd], PATIENCE)
    if (spoke) return receiveMessage(line)
    if (died) return { type: 'closed' }
    const { doing, pointer } = readStage(stage)
    if (doing === before) {
      throw new Failure(
        `the container made no progress for ${PATIENCE / 1000} s while it was to ${doing}${waitsIn(pid)}`,
        { code: 'INIT_HANGS', ...(pointer !== '' && { pointer }) },
      )
    }
    before = doing
  }
}
