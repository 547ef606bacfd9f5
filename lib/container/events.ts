/** PARENT. `events`: what a container uses, again and again, and whom the kernel killed in it. */
import { Failure } from '../failure.ts'
import { requireCgroup } from '../linux/cgroup/none.ts'
import { readOomKills, readOomReport } from '../linux/cgroup/memory/oom.ts'
import { readStats } from '../linux/cgroup/stats/stats.ts'
import type { Stats } from '../linux/cgroup/stats/counts.ts'
import { findResctrl } from '../linux/intel-rdt/resctrl.ts'
import { readRdtStats } from '../linux/intel-rdt/stats.ts'
import { close } from '../sys/file.ts'
import { hasCode } from '../sys/error.ts'
import { pidfdOpen } from '../sys/process.ts'
import { poll } from '../sys/signal.ts'
import type { ContainerRequest } from './request.ts'
import { directoryOf, readState, statusOf, type ContainerState } from './state/state.ts'
import { now } from '../sys/clock.ts'

export interface EventsRequest extends ContainerRequest {
  /** Between statistics, in milliseconds. */
  readonly interval: number
  readonly statsOnly: boolean
}

/** How often to look whether somebody was killed, in milliseconds. */
const OOM_INTERVAL = 250

type Print = (line: string) => void

const toJson = (event: object): string =>
  `${JSON.stringify(event, (_, value: unknown) =>
    typeof value === 'bigint' ? `\u0000${value}\u0000` : value,
  ).replace(/"\\u0000(-?\d+)\\u0000"/g, '$1')}\n`

const statsOf = (state: ContainerState): Stats => {
  const stats = readStats(requireCgroup(state.cgroup))
  return state.rdt ? { ...stats, intel_rdt: readRdtStats(state.rdt, findResctrl()) } : stats
}

const statsEvent = (state: ContainerState): string =>
  toJson({ type: 'stats', id: state.id, data: statsOf(state) })

const follow = (state: ContainerState, interval: number, pidfd: number, print: Print): void => {
  const cgroup = requireCgroup(state.cgroup)
  let kills = readOomKills(cgroup)
  let next = now() + interval
  for (;;) {
    const patience = Math.max(0, Math.min(OOM_INTERVAL, next - now()))
    const [ended] = poll([pidfd], Math.ceil(patience))
    const seen = readOomKills(cgroup)
    for (; kills < seen; kills++) {
      print(toJson({ type: 'oom', id: state.id, data: readOomReport(cgroup) }))
    }
    if (ended) return
    if (now() < next) continue
    print(statsEvent(state))
    next = now() + interval
  }
}

/** Returns when the container has ended. */
export const events = (request: EventsRequest, print: Print): void => {
  if (!(request.interval > 0)) throw new Failure('duration interval must be greater than 0')
  const state = readState(request)
  if (statusOf(directoryOf(request), state) === 'stopped') {
    throw new Failure(`container with id ${state.id} is not running`, { code: 'NOT_RUNNING' })
  }
  if (request.statsOnly) return print(statsEvent(state))
  let pidfd
  try {
    pidfd = pidfdOpen(state.init.pid, 0)
  } catch (error) {
    if (hasCode(error, 'ESRCH', 'EINVAL')) return
    throw error
  }
  try {
    follow(state, request.interval, pidfd, print)
  } finally {
    close(pidfd)
  }
}
