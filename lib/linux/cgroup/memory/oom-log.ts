/**
 * An out-of-memory kill in the kernel's log. Parent.
 *
 * The counters of a cgroup end with it, and systemd removes a scope's as soon as its last process is gone,
 * also before anybody has looked. The log stays. It has, where one process was killed (mm/oom_kill.c):
 *
 *     dd invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
 *     memory: usage 20480kB, limit 20480kB, failcnt 28
 *     oom-kill:constraint=CONSTRAINT_MEMCG,…,oom_memcg=/a/b,task_memcg=/a/b,task=dd,pid=19700,uid=0
 *     Memory cgroup out of memory: Killed process 19700 (dd) total-vm:104668kB, …
 *
 * The last line is always there, the others for ten kills in five seconds. A host that is out of memory itself
 * says `Out of memory: Killed process`, and has no limit to tell.
 */
import { basename } from '../../../path.ts'
import { readKernelLog } from '../../../sys/kernel-log.ts'

/** What the log says of a container's processes: bytes, as far as it tells; null where no cgroup's limit was hit. */
export interface LoggedKills {
  readonly count: number
  readonly limit?: number | null
  readonly peak?: number
}

interface Kill extends Omit<LoggedKills, 'count'> {
  readonly pid: number
  /** Seconds after boot; NaN where the kernel does not print the time. */
  readonly time: number
  readonly cgroup?: string
}

/** Whose end is looked for. */
export interface Container {
  /** Of its first process, as the host counts. */
  readonly pid: number
  /** When that began, in clock ticks after boot. */
  readonly startTime: number
  /** Of its cgroup. */
  readonly directory: string
}

const inBytes = (kib: string): number => Number(kib) * 1024

const detailsIn = (report: string): Pick<Kill, 'limit' | 'peak'> => {
  const [, usage, limit] = /memory: usage (\d+)kB, limit (\d+)kB/.exec(report) ?? []
  return usage === undefined || limit === undefined
    ? {}
    : { limit: inBytes(limit), peak: inBytes(usage) }
}

const killsIn = (log: string): readonly Kill[] =>
  log.split(/^(?=.*invoked oom-killer)|(?<=Killed process .*\n)/m).flatMap((report): Kill[] => {
    const verdict = /^.*Killed process (\d+) .*$/m.exec(report)
    if (!verdict) return []
    const [line, pid] = verdict
    const [, cgroup] = new RegExp(`task_memcg=([^,\n]*),.*pid=${pid},`).exec(report) ?? []
    return [
      {
        pid: Number(pid),
        time: Number(/^<\d+>\[ *([\d.]+)/.exec(line)?.[1]),
        ...(line.includes('Out of memory') ? { limit: null } : cgroup && detailsIn(report)),
        ...(cgroup !== undefined && { cgroup }),
      },
    ]
  })

const TICKS = 100

/**
 * A pid is used again, and so is a name: both together, or the name since the container began, are enough.
 * Of a kill without a report the log knows the pid alone. The log's clock is not set right by NTP.
 */
const isOf = ({ pid, startTime, directory }: Container, kill: Kill): boolean => {
  if (kill.cgroup === undefined) return kill.pid === pid
  if (!kill.cgroup.split('/').includes(basename(directory))) return false
  const start = startTime / TICKS
  return kill.pid === pid || kill.time > start - 1 - start / 10_000
}

export const parseKills = (log: string, container: Container): LoggedKills | undefined => {
  const kills = killsIn(log).filter((kill) => isOf(container, kill))
  const told = kills.findLast(({ limit }) => limit !== undefined)
  if (kills.length === 0) return undefined
  return {
    count: kills.length,
    ...(told && { limit: told.limit! }),
    ...(told?.peak !== undefined && { peak: told.peak }),
  }
}

/** @returns undefined where nobody was killed for lack of memory, or where the log does not say so */
export const findKills = (container: Container): LoggedKills | undefined => {
  const log = readKernelLog()
  const { pid, directory } = container
  const isNamed = log?.includes(`Killed process ${pid} `) || log?.includes(basename(directory))
  return isNamed ? parseKills(log!.toString('utf8'), container) : undefined
}
