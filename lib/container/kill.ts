/** PARENT. `kill`: a signal to the container's first process, or to all of them. */
import { Failure } from '../failure.ts'
import { letDie } from '../linux/cgroup/freeze.ts'
import { hasCgroup } from '../linux/cgroup/none.ts'
import { containerPids, killAll } from '../linux/cgroup/processes.ts'
import { hasCode } from '../sys/error.ts'
import { close } from '../sys/file.ts'
import { SIGKILL } from '../sys/flags/signal.ts'
import { pidfdOpen, pidfdSendSignal } from '../sys/process.ts'
import { readTextFile } from '../sys/text-file.ts'
import { isAlive, type ProcessId } from './process.ts'
import { processesOf } from './processes.ts'
import type { KillRequest } from './request.ts'
import { readState, type ContainerState } from './state/state.ts'

const notRunning = (): Failure =>
  new Failure('container not running', { code: 'NOT_RUNNING', hint: 'its process has ended' })

/** Through a pidfd that is checked after it is opened: the pid cannot become somebody else's in between. */
export const signalProcess = (process: ProcessId, signal: number): void => {
  let pidfd
  try {
    pidfd = pidfdOpen(process.pid, 0)
  } catch (error) {
    if (hasCode(error, 'ESRCH', 'EINVAL')) throw notRunning()
    throw error
  }
  try {
    if (!isAlive(process)) throw notRunning()
    pidfdSendSignal(pidfd, signal, null, 0)
  } catch (error) {
    throw hasCode(error, 'ESRCH') ? notRunning() : error
  } finally {
    close(pidfd)
  }
}

const trySignal = (pid: number, signal: number): void => {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error
  }
}

/** Whether the end of a process is the end of all in its pid namespace, pid_namespaces(7). */
const isFirstOfNamespace = (pid: number): boolean => {
  try {
    return /^NSpid:.*\t1$/m.test(readTextFile(`/proc/${pid}/status`))
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return true
    throw error
  }
}

const leavesOthers = (cgroup: ContainerState['cgroup']): boolean =>
  cgroup !== undefined && hasCgroup(cgroup) && containerPids(cgroup).length > 0

/**
 * Who kills a container wants it gone: where the end of its first process is not the end of all, or was not, all are
 * killed, as since runc 1.2.
 */
const reachesAll = ({ all, signal }: KillRequest, { init, cgroup }: ContainerState): boolean => {
  if (all || signal !== SIGKILL) return all
  return isAlive(init) ? !isFirstOfNamespace(init.pid) : leavesOthers(cgroup)
}

export const kill = (request: KillRequest): void => {
  const state = readState(request)
  const { init, cgroup } = state
  const all = reachesAll(request, state)
  if (all && cgroup && hasCgroup(cgroup)) {
    killAll(cgroup, request.signal)
    return
  }
  // Listed first: the end of the first one may be the end of all.
  const others = all ? processesOf(state).filter((pid) => pid !== init.pid) : []
  signalProcess(init, request.signal)
  for (const pid of others) trySignal(pid, request.signal)
  // A frozen process does not even die.
  if (request.signal === SIGKILL && cgroup) letDie(cgroup)
}
