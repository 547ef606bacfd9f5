/**
 * PARENT. `delete`: takes back everything that `create` made, and nothing else.
 *
 * With `force` it has to cope with whatever a killed tsrun left: a state directory without a state, a
 * process that never became a container, a cgroup with processes in it.
 */
import { describe, Failure } from '../failure.ts'
import { warn } from '../log.ts'
import { killAll } from '../linux/cgroup/processes.ts'
import { deleteCgroup } from '../linux/cgroup/remove.ts'
import { removeRdt } from '../linux/intel-rdt/parent.ts'
import { removeHostMounts } from '../linux/rootfs/host-mounts.ts'
import type { Config } from '../spec/types.ts'
import { hasCode } from '../sys/error.ts'
import { close } from '../sys/file.ts'
import { exists } from '../sys/host.ts'
import { SIGKILL } from '../sys/flags/signal.ts'
import { pidfdOpen, wait } from '../sys/process.ts'
import { poll } from '../sys/signal.ts'
import { runPoststop, savedConfig } from './hooks/hooks.ts'
import { checkId } from './id.ts'
import { signalProcess } from './kill.ts'
import { lock } from './state/lock.ts'
import type { ProcessId } from './process.ts'
import { oomOf } from './oom.ts'
import type { DeleteRequest } from './request.ts'
import { removeState, removeStateless } from './state/remove.ts'
import { directoryOf, readState, statusOf, type ContainerState } from './state/state.ts'

/** For a process that was sent SIGKILL. In milliseconds. */
const PATIENCE = 10_000

/** Our own child must be reaped; anybody else's is watched. */
const awaitEnd = ({ pid }: ProcessId): void => {
  let pidfd
  try {
    pidfd = pidfdOpen(pid, 0)
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return
    throw error
  }
  const [ended] = poll([pidfd], PATIENCE)
  close(pidfd)
  if (!ended) throw new Failure(`process ${pid} does not end after SIGKILL`)
  try {
    wait(pid)
  } catch (error) {
    if (!hasCode(error, 'ECHILD')) throw error
  }
}

/** It may end by itself between any look and the signal. @returns whether there was something to end */
const killFirst = (init: ProcessId): boolean => {
  try {
    signalProcess(init, SIGKILL)
    return true
  } catch (error) {
    if (error instanceof Failure && error.code === 'NOT_RUNNING') return false
    throw error
  }
}

const endProcesses = ({ init, cgroup }: ContainerState): void => {
  const isEnding = killFirst(init)
  if (cgroup) killAll(cgroup, SIGKILL)
  if (isEnding) awaitEnd(init)
}

/** Before its cgroup goes, which systemd does not wait with once it is empty. */
const tellOom = (state: ContainerState): void => {
  const oom = oomOf(state)
  if (oom !== undefined) warn(`container ${state.id}: ${oom}`)
}

/** A config that a power cut left in pieces has hooks that nobody can run, and is no reason to stay. */
const readableConfig = (directory: string): Config | undefined => {
  try {
    return savedConfig(directory)
  } catch (error) {
    warn(`poststop hooks are not run: ${describe(error)}`)
    return undefined
  }
}

/** Removes what is left of a container, and says nothing of how it ended. */
export const takeAway = (
  directory: string,
  state: ContainerState,
  config = readableConfig(directory),
): void => {
  // Without a pid namespace of its own the container's other processes outlive the first one.
  if (state.cgroup) {
    killAll(state.cgroup, SIGKILL)
    deleteCgroup(state.cgroup)
  }
  if (state.rdt) removeRdt(state.rdt)
  if (state.hostMounts) removeHostMounts(state.hostMounts)
  removeState(directory)
  if (config) runPoststop(config, state)
}

/**
 * Removes a stopped container, whose lock is held.
 * @param config as it was at `create`, where that is known
 */
export const remove = (directory: string, state: ContainerState, config?: Config): void => {
  tellOom(state)
  takeAway(directory, state, config)
}

/** For a container whose hook failed; its lock is held. */
export const endAndRemove = (directory: string, state: ContainerState): void => {
  endProcesses(state)
  remove(directory, state)
}

const refuse = (state: ContainerState, status: string): Failure =>
  new Failure(`cannot delete container ${state.id} that is not stopped: ${status}`, {
    code: 'NOT_STOPPED',
    hint: 'kill it first, or delete it with --force',
  })

/** A state directory whose create was killed before it wrote a state: nothing else was made yet. */
const removeStillborn = (directory: string): void => {
  const unlock = lock(directory)
  try {
    removeStateless(directory)
  } finally {
    unlock()
  }
}

export const destroy = (request: DeleteRequest): void => {
  checkId(request.id)
  const directory = directoryOf(request)
  if (request.force) {
    if (!exists(directory)) return
    if (!exists(`${directory}/state.json`)) return removeStillborn(directory)
  }
  readState(request)
  const unlock = lock(directory)
  try {
    const state = readState(request)
    const status = statusOf(directory, state)
    tellOom(state)
    if (status !== 'stopped') {
      // As with runc: a created container may be deleted, it runs nothing yet.
      if (!request.force && status !== 'created') throw refuse(state, status)
      endProcesses(state)
    }
    takeAway(directory, state)
  } finally {
    unlock()
  }
}
