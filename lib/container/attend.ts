/** PARENT. Waits for a program in the foreground: passes signals on, and what goes through its terminal. */
import { isHandedOver } from '../sys/caller.ts'
import { PR_SET_CHILD_SUBREAPER, WNOHANG } from '../sys/flags/process.ts'
import { SIGCHLD, signals } from '../sys/flags/signal.ts'
import { hasCode } from '../sys/error.ts'
import { pidfdSendSignal, prctl, wait } from '../sys/process.ts'
import { relayToMainThread } from '../sys/signal-relay.ts'
import { poll, readSignal, setSignalMask, signalfd } from '../sys/signal.ts'
import type { Console } from './console.ts'
import type { Readiness } from './notify-socket.ts'
import { Relay } from './relay.ts'

/** What would stop or end us, or is the kernel's own business with us, is not passed on. */
const notForwarded = new Set([
  'SIGKILL',
  'SIGSTOP',
  'SIGSEGV',
  'SIGBUS',
  'SIGFPE',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGSYS',
  'SIGPIPE',
  'SIGURG',
])

const forwarded = (): readonly number[] =>
  Object.entries(signals).flatMap(([name, number]) => (notForwarded.has(name) ? [] : [number]))

/** Blocked before there is anyone to pass them on to: none may get lost or end us half-way. */
export const watchSignals = (): number => {
  const watched = forwarded()
  const arriving = signalfd(watched)
  setSignalMask(watched)
  // Where the engine has had no threads of its own from the beginning, all that come inherit the mask.
  if (!isHandedOver()) relayToMainThread(watched)
  return arriving
}

/** Orphans of the container become our children: their ends are seen, and nobody else's business. */
export const becomeSubreaper = (): void => void prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

/** Reaps whatever has ended. @returns the status of `pid` if that is among it */
const reap = (pid: number): number | undefined => {
  try {
    for (let exited; (exited = wait(-1, WNOHANG));) {
      if (exited.pid === pid) return exited.status
    }
  } catch (error) {
    if (!hasCode(error, 'ECHILD')) throw error
  }
  return undefined
}

const forward = (signal: number, pidfd: number, console: Console | undefined): void => {
  if (signal === SIGCHLD) return
  if (signal === signals.SIGWINCH && console) return console.resize()
  try {
    pidfdSendSignal(pidfd, signal, null, 0)
  } catch (error) {
    // It has just ended; the next round notices.
    if (!hasCode(error, 'ESRCH')) throw error
  }
}

/** @returns the exit status of `pid`, 128 + N for death by signal N */
export const attend = (
  pid: number,
  pidfd: number,
  arriving: number,
  console?: Console,
  readiness?: Readiness,
): number => {
  const relay = console?.master === undefined ? undefined : new Relay(console.master)
  for (;;) {
    const status = reap(pid)
    if (status !== undefined) {
      relay?.drain()
      return status
    }
    const files = relay?.files ?? []
    const sockets = readiness ? [readiness.socket] : []
    const ready = poll([...files, arriving, pidfd, ...sockets], -1)
    if (ready[files.length + 2] && readiness?.relay()) readiness = undefined
    for (let signal; (signal = readSignal(arriving));) forward(signal, pidfd, console)
    files.forEach((file, i) => ready[i] && relay?.move(file))
  }
}
