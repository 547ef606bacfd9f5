/** PARENT. `pause` and `resume`: all processes of a container stop, and go on. */
import { Failure } from '../failure.ts'
import { setFrozen } from '../linux/cgroup/freeze.ts'
import { lock } from './state/lock.ts'
import type { ContainerRequest } from './request.ts'
import { directoryOf, readState, statusOf, type Status } from './state/state.ts'

const change = (
  request: ContainerRequest,
  frozen: boolean,
  from: readonly Status[],
  refusal: string,
): void => {
  readState(request)
  const directory = directoryOf(request)
  const unlock = lock(directory)
  try {
    const state = readState(request)
    const status = statusOf(directory, state)
    if (!from.includes(status) || !state.cgroup) {
      throw new Failure(refusal, {
        code: frozen ? 'NOT_RUNNING' : 'NOT_PAUSED',
        hint: state.cgroup ? `${state.id} is ${status}` : `${state.id} has no cgroup of its own`,
      })
    }
    setFrozen(state.cgroup, frozen)
  } finally {
    unlock()
  }
}

export const pause = (request: ContainerRequest): void =>
  change(request, true, ['created', 'running'], 'container not running')

export const resume = (request: ContainerRequest): void =>
  change(request, false, ['paused'], 'container not paused')
