/** What `state` and `list` say of a container. Spec: runtime.md, "State". */
import { describe, Failure } from '../failure.ts'
import { warn } from '../log.ts'
import {
  directoryOf,
  listIds,
  readState,
  statusOf,
  type ContainerState,
  type Status,
} from './state/state.ts'
import type { ContainerRequest, Place } from './request.ts'
import { userName } from './user-name.ts'
import { oomOf } from './oom.ts'

export interface StateReport {
  readonly ociVersion: string
  readonly id: string
  /** 0 when it has stopped. */
  readonly pid: number
  readonly status: Status
  readonly bundle: string
  readonly rootfs: string
  readonly created: string
  readonly annotations?: Readonly<Record<string, string>>
  readonly owner: string
}

/** A process that was killed for it cannot say so itself. */
const OOM_ANNOTATION = 'org.tsrun.oom-killed'

const annotationsOf = (state: ContainerState, status: Status): StateReport['annotations'] => {
  const oom = status === 'stopped' ? oomOf(state) : undefined
  return oom === undefined ? state.annotations : { ...state.annotations, [OOM_ANNOTATION]: oom }
}

const withAnnotations = (
  state: ContainerState,
  status: Status,
): Pick<StateReport, 'annotations'> => {
  const annotations = annotationsOf(state, status)
  return annotations ? { annotations } : {}
}

const reportOf = (state: ContainerState, status: Status): StateReport => ({
  ociVersion: state.ociVersion,
  id: state.id,
  pid: status === 'stopped' ? 0 : state.init.pid,
  status,
  bundle: state.bundle,
  rootfs: state.rootfs,
  created: state.created,
  ...withAnnotations(state, status),
  owner: userName(state.owner),
})

export const readReport = (request: ContainerRequest): StateReport => {
  const state = readState(request)
  return reportOf(state, statusOf(directoryOf(request), state))
}

/** One that is gone meanwhile, or cannot be read, keeps nobody from seeing the others. */
export const listReports = (place: Place): readonly StateReport[] =>
  listIds(place).flatMap((id) => {
    try {
      return [readReport({ ...place, id })]
    } catch (error) {
      if (!(error instanceof Failure && error.code === 'NO_CONTAINER')) {
        warn(`load container ${id}: ${describe(error)}`)
      }
      return []
    }
  })
