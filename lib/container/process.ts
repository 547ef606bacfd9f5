/** A process by pid and start time: a pid alone may be somebody else's by now. proc(5) */
import { reapSoon } from '../stub/spawn.ts'
import { hasCode } from '../sys/error.ts'
import { SIGKILL } from '../sys/flags/signal.ts'
import { pidfdSendSignal } from '../sys/process.ts'
import { readTextFile } from '../sys/text-file.ts'

export interface ProcessId {
  readonly pid: number
  /** Clock ticks after boot. */
  readonly startTime: number
}

interface Stat {
  /** `R`, `S`, … `Z` for a zombie. */
  readonly state: string
  /** `PF_*` of the kernel. */
  readonly flags: number
  readonly startTime: number
}

const readStat = (pid: number): Stat | undefined => {
  try {
    const text = readTextFile(`/proc/${pid}/stat`)
    // The name in parentheses may hold spaces and parentheses itself.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0]!, flags: Number(fields[6]), startTime: Number(fields[19]) }
  } catch {
    return undefined
  }
}

export const identify = (pid: number): ProcessId => ({
  pid,
  startTime: readStat(pid)?.startTime ?? 0,
})

/** Whether exactly this process exists and has not ended. */
export const isAlive = ({ pid, startTime }: ProcessId): boolean => {
  const stat = readStat(pid)
  return (
    stat !== undefined && stat.startTime === startTime && stat.state !== 'Z' && stat.state !== 'X'
  )
}

const PF_EXITING = 0x4

/** Whether it has begun to end. A first process then waits for all others of its pid namespace, also for ours. */
export const isEnding = (process: ProcessId): boolean =>
  !isAlive(process) || (readStat(process.pid)?.flags ?? PF_EXITING) % (2 * PF_EXITING) >= PF_EXITING

/** Kills a child of ours and reaps it, if nobody has yet. */
export const endChild = (pid: number, pidfd: number): void => {
  try {
    pidfdSendSignal(pidfd, SIGKILL, null, 0)
    reapSoon(pid)
  } catch (error) {
    if (!hasCode(error, 'ESRCH', 'ECHILD')) throw error
  }
}
