/** PARENT. `run`: create, start and, in the foreground, wait and delete. */
import { SIGCHLD, signals } from '../sys/flags/signal.ts'
import { PR_SET_CHILD_SUBREAPER, WNOHANG } from '../sys/flags/process.ts'
import { hasCode } from '../sys/error.ts'
import { close } from '../sys/file.ts'
import { pidfdSendSignal, prctl, wait } from '../sys/process.ts'
import { poll, readSignal, setSignalMask, signalfd } from '../sys/signal.ts'
import { createContainer, type Created } from './create.ts'
import { remove } from './delete.ts'
import type { RunRequest } from './request.ts'
import { awaitProgram } from './start.ts'
import { sendGo } from '../sync/channel.ts'

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
  'SIGIOT',
  'SIGSYS',
  'SIGPIPE',
  'SIGURG',
  'SIGUNUSED',
])

const watched = (): readonly number[] =>
  Object.entries(signals).flatMap(([name, number]) => (notForwarded.has(name) ? [] : [number]))

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

/** Passes signals on to the container until its first process ends. */
const attend = ({ state, pidfd }: Created, arriving: number): number => {
  const { pid } = state.init
  for (;;) {
    const status = reap(pid)
    if (status !== undefined) return status
    poll([arriving, pidfd], -1)
    for (let signal; (signal = readSignal(arriving));) {
      if (signal !== SIGCHLD) pidfdSendSignal(pidfd, signal, null, 0)
    }
  }
}

const endAndRemove = ({ directory, state, pidfd }: Created): void => {
  try {
    pidfdSendSignal(pidfd, signals['SIGKILL']!, null, 0)
    wait(state.init.pid)
  } catch (error) {
    if (!hasCode(error, 'ESRCH', 'ECHILD')) throw error
  }
  remove(directory, state)
}

/** @returns the program's exit status, 128 + N for death by signal N; 0 when detached */
export const run = (request: RunRequest): number => {
  // Blocked before there is anyone to pass them on to: none may get lost or end us half-way.
  const arriving = request.detach ? undefined : signalfd(watched())
  if (arriving !== undefined) {
    setSignalMask(watched())
    if (!request.noSubreaper) prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
  }
  const created = createContainer(request, false)
  try {
    sendGo(created.line)
    awaitProgram(created.line, created.state)
  } catch (error) {
    endAndRemove(created)
    throw error
  }
  if (arriving === undefined) {
    close(created.pidfd)
    return 0
  }
  const status = attend(created, arriving)
  if (!request.keep) remove(created.directory, created.state)
  return status
}
