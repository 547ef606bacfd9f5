/** PARENT. `run`: create, start and, in the foreground, wait and delete. */
import { close } from '../sys/file.ts'
import { attend, becomeSubreaper, watchSignals } from './attend.ts'
import { createContainer, type Created } from './create.ts'
import { remove, takeAway } from './delete.ts'
import { runHooks } from './hooks/hooks.ts'
import { watchReadiness } from './notify-socket.ts'
import { blamingMemory, refuseKilled } from './oom.ts'
import { endChild } from './process.ts'
import type { RunRequest } from './request.ts'
import { listenerHandOver } from './seccomp-listener.ts'
import { awaitProgram } from './start.ts'
import { sendGo } from '../sync/channel.ts'
import { variable } from '../sys/caller.ts'

const endAndRemove = ({ directory, config, state, pidfd }: Created): void => {
  endChild(state.init.pid, pidfd)
  takeAway(directory, state, config)
}

/** @returns the program's exit status, 128 + N for death by signal N; 0 when detached */
export const run = (request: RunRequest): number => {
  // Blocked before there is anyone to pass them on to: none may get lost or end us half-way.
  const arriving = request.detach ? undefined : watchSignals()
  if (arriving !== undefined && !request.noSubreaper) becomeSubreaper()
  const created = createContainer(request, false)
  const { state, pidfd, console } = created
  const readiness = watchReadiness(variable, created.directory, state.init.pid)
  try {
    console?.receive()
    runHooks('startContainer', created.config, created.state, 'created', request.root)
    blamingMemory(state, () => sendGo(created.line))
    awaitProgram(created.line, state, listenerHandOver(created.config, state))
    if (request.detach) refuseKilled(state)
    runHooks('poststart', created.config, created.state, 'running')
  } catch (error) {
    console?.restore()
    endAndRemove(created)
    throw error
  }
  if (arriving === undefined) {
    readiness?.wait()
    close(created.pidfd)
    return 0
  }
  let status
  try {
    status = attend(state.init.pid, pidfd, arriving, console, readiness)
  } finally {
    console?.restore()
  }
  if (!request.keep) remove(created.directory, created.state, created.config)
  return status
}
