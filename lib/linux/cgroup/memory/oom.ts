/** What memory did to a container: its limit and peak, and whom the kernel killed for it. Parent. */
import { join } from '../../../path.ts'
import { exists } from '../../../sys/host.ts'
import { tryReadControl } from '../control-file.ts'
import { toCount, toCounts, type Count } from '../stats/counts.ts'
import { findKills, type Container } from './oom-log.ts'
import { directoryFor, type SavedCgroup } from '../places.ts'

type Cgroup = Pick<SavedCgroup, 'mode' | 'paths'>

const read = (cgroup: Cgroup, v1: string, v2: string): string => {
  const directory = directoryFor(cgroup, 'memory')
  return directory === undefined
    ? ''
    : tryReadControl(join(directory, cgroup.mode === 'v2' ? v2 : v1))
}

const readCount = (cgroup: Cgroup, v1: string, v2: string): Count | undefined => {
  const text = read(cgroup, v1, v2)
  return text === '' ? undefined : toCount(text)
}

/** The most memory that the container has used, bytes; undefined on kernels that do not keep it. */
export const readMemoryPeak = (cgroup: Cgroup): Count | undefined =>
  readCount(cgroup, 'memory.max_usage_in_bytes', 'memory.peak')

/** v1's "no limit" is the largest number of pages, v2's a word that is read as 2^64-1. */
const UNLIMITED = 2n ** 62n

/** Bytes; null where the container has no limit of its own, undefined where its cgroup is gone. */
export const readMemoryLimit = (cgroup: Cgroup): Count | null | undefined => {
  const limit = readCount(cgroup, 'memory.limit_in_bytes', 'memory.max')
  return limit !== undefined && limit >= UNLIMITED ? null : limit
}

/** How many processes of the container the kernel has killed for lack of memory. */
export const readOomKills = (cgroup: Cgroup): number =>
  Number(toCounts(read(cgroup, 'memory.oom_control', 'memory.events'))['oom_kill'] ?? 0)

export interface OomReport {
  readonly limit?: Count
  readonly peak?: Count
}

export const readOomReport = (cgroup: Cgroup): OomReport => {
  const limit = readMemoryLimit(cgroup)
  const peak = readMemoryPeak(cgroup)
  return { ...(limit == null ? {} : { limit }), ...(peak === undefined ? {} : { peak }) }
}

/** How often the container wanted more than it may have. */
export const readLimitHits = (cgroup: Cgroup): number =>
  cgroup.mode === 'v2'
    ? Number(toCounts(read(cgroup, '', 'memory.events'))['max'] ?? 0)
    : Number(readCount(cgroup, 'memory.failcnt', '') ?? 0)

const sentence = (kills: number, limit: Count | null | undefined, peak?: Count): string => {
  const processes = kills === 1 ? '1 process' : `${kills} processes`
  const details = [
    ...(limit === null
      ? ['it has no limit of its own, so the host or a cgroup above ran out']
      : limit === undefined
        ? []
        : [`the limit is ${inUnits(limit)}`]),
    ...(peak === undefined ? [] : [`at most ${inUnits(peak)} were used`]),
  ].join(', ')
  return `the kernel killed ${processes} for lack of memory${details && `: ${details}`}`
}

/** Whether the counters are gone with the cgroup: systemd does not wait until somebody has looked. */
const isGone = ({ systemd, mode, paths }: SavedCgroup): boolean => {
  const directory = directoryFor({ mode, paths }, 'memory')
  return systemd !== undefined && directory !== undefined && !exists(directory)
}

/**
 * `the kernel killed 1 process for lack of memory: the limit is 64 MiB, at most 64 MiB were used`
 * @param init the first process, by which the kernel's log is searched where nothing else is left
 * @returns undefined where nobody was killed, or where that is no longer known
 */
export const describeOom = (
  cgroup: SavedCgroup,
  init: Pick<Container, 'pid' | 'startTime'>,
): string | undefined => {
  const kills = readOomKills(cgroup)
  const limit = kills > 0 ? readMemoryLimit(cgroup) : undefined
  const peak = kills > 0 ? readMemoryPeak(cgroup) : undefined
  if (isGone(cgroup)) {
    const logged = findKills({ ...init, directory: directoryFor(cgroup, 'memory')! })
    if (logged) return sentence(Math.max(kills, logged.count), logged.limit, logged.peak)
  }
  return kills > 0 ? sentence(kills, limit, peak) : undefined
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** `67108864` → `64 MiB` */
export const inUnits = (count: Count): string => {
  let amount = Number(count)
  let unit = 0
  while (amount >= 1024 && unit < UNITS.length - 1) {
    amount /= 1024
    unit++
  }
  return `${Number(amount.toFixed(1))} ${UNITS[unit]}`
}
