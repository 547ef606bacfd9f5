/** Statistics from cgroup v1. Parent. */
import { listDirectory } from '../../../sys/host.ts'
import { join } from '../../../path.ts'
import { tryReadControl } from '../control-file.ts'
import { directoryFor, type SavedCgroup } from '../places.ts'
import {
  sparse,
  toCount,
  toCounts,
  type BlockEntry,
  type BlockStats,
  type Count,
  type MemoryEntry,
  type Stats,
} from './counts.ts'

type Counted = Omit<Stats, 'intel_rdt' | 'network_interfaces'>

export const readStatsV1 = (cgroup: Pick<SavedCgroup, 'mode' | 'paths'>): Counted => {
  const read = (controller: string, file: string): string => {
    const directory = directoryFor(cgroup, controller)
    return directory === undefined ? '' : tryReadControl(join(directory, file))
  }
  return {
    cpu: { usage: cpuUsage(read), throttling: throttling(read) },
    cpuset: cpuset(read),
    memory: memory(read),
    pids: pids(read),
    blkio: blocks(read),
    hugetlb: hugepages(directoryFor(cgroup, 'hugetlb'), read),
  }
}

type Read = (controller: string, file: string) => string

/** Nanoseconds in a clock tick, the unit of cpuacct.stat: sysconf(3) _SC_CLK_TCK is 100. */
const TICK = 1e7

const cpuUsage = (read: Read): Counted['cpu']['usage'] => {
  const { user = 0, system = 0 } = toCounts(read('cpuacct', 'cpuacct.stat'))
  const percpu = read('cpuacct', 'cpuacct.usage_percpu').split(' ').filter(Boolean).map(toCount)
  // A heading, then lines of: CPU, user, system.
  const rows = read('cpuacct', 'cpuacct.usage_all').split('\n').slice(1)
  const column = (i: number): readonly Count[] =>
    rows.map((row) => toCount(row.split(' ')[i] ?? '0'))
  return {
    ...sparse({
      total: toCount(read('cpuacct', 'cpuacct.usage') || '0'),
      percpu,
      percpu_kernel: column(2),
      percpu_user: column(1),
    }),
    kernel: Number(system) * TICK,
    user: Number(user) * TICK,
  }
}

const throttling = (read: Read): Counted['cpu']['throttling'] => {
  const { nr_periods, nr_throttled, throttled_time } = toCounts(read('cpu', 'cpu.stat'))
  return sparse({
    periods: nr_periods ?? 0,
    throttledPeriods: nr_throttled ?? 0,
    throttledTime: throttled_time ?? 0,
  })
}

const CPUSET_FLAGS = [
  'cpu_exclusive',
  'mem_hardwall',
  'mem_exclusive',
  'memory_migrate',
  'memory_spread_page',
  'memory_spread_slab',
  'memory_pressure',
  'sched_load_balance',
  'sched_relax_domain_level',
] as const

const cpuset = (read: Read): Counted['cpuset'] => {
  const flags = Object.fromEntries(
    CPUSET_FLAGS.map((name) => [name, toCount(read('cpuset', `cpuset.${name}`) || '0')]),
  )
  const { cpu_exclusive = 0, ...rest } = flags
  return {
    ...sparse({ cpus: parseList(read('cpuset', 'cpuset.cpus')) }),
    cpu_exclusive,
    ...sparse({ mems: parseList(read('cpuset', 'cpuset.mems')) }),
    ...rest,
  }
}

/** `0-2,7` → `[0, 1, 2, 7]` */
export const parseList = (text: string): readonly number[] =>
  text
    .split(',')
    .filter(Boolean)
    .flatMap((part) => {
      const [first = 0, last = first] = part.split('-').map(Number)
      return Array.from({ length: last - first + 1 }, (_, i) => first + i)
    })

const memory = (read: Read): Counted['memory'] => {
  const raw = toCounts(read('memory', 'memory.stat'))
  const entry = (prefix: string): MemoryEntry => {
    const count = (name: string): Count => toCount(read('memory', `${prefix}.${name}`) || '0')
    return {
      limit: count('limit_in_bytes'),
      ...sparse({ usage: count('usage_in_bytes'), max: count('max_usage_in_bytes') }),
      failcnt: count('failcnt'),
    }
  }
  return {
    ...sparse({ cache: raw['cache'] ?? 0 }),
    usage: entry('memory'),
    swap: entry('memory.memsw'),
    kernel: entry('memory.kmem'),
    kernelTCP: entry('memory.kmem.tcp'),
    raw,
  }
}

const pids = (read: Read): Counted['pids'] => {
  const limit = read('pids', 'pids.max')
  return sparse({
    current: toCount(read('pids', 'pids.current') || '0'),
    limit: limit === 'max' ? 0 : toCount(limit || '0'),
  })
}

/** Names of the interface, and of the files of an I/O scheduler behind `blkio.bfq.`. */
const BLOCK_FILES = [
  ['ioServiceBytesRecursive', 'io_service_bytes_recursive'],
  ['ioServicedRecursive', 'io_serviced_recursive'],
  ['ioQueueRecursive', 'io_queued_recursive'],
  ['ioServiceTimeRecursive', 'io_service_time_recursive'],
  ['ioWaitTimeRecursive', 'io_wait_time_recursive'],
  ['ioMergedRecursive', 'io_merged_recursive'],
  ['ioTimeRecursive', 'time_recursive'],
  ['sectorsRecursive', 'sectors_recursive'],
] as const

const blocks = (read: Read): BlockStats => {
  const stats = (prefix: string): BlockStats =>
    sparse(
      Object.fromEntries(
        BLOCK_FILES.map(([name, file]) => [name, blockEntries(read('blkio', prefix + file))]),
      ),
    )
  const scheduler = stats('blkio.bfq.')
  // Devices without that scheduler are only counted on their way through the throttle.
  return Object.keys(scheduler).length > 0 ? scheduler : stats('blkio.throttle.')
}

/** `8:0 Read 4096`, `8:0 4096`; the sum in the last line is left out. */
const blockEntries = (text: string): readonly BlockEntry[] =>
  text.split('\n').flatMap((line) => {
    const match = /^(\d+):(\d+) (?:(\w+) )?(\d+)$/.exec(line)
    if (!match) return []
    const [, major, minor, op, value] = match
    return [
      {
        major: Number(major),
        minor: Number(minor),
        ...(op === undefined ? {} : { op }),
        ...sparse({ value: toCount(value!) }),
      },
    ]
  })

const hugepages = (directory: string | undefined, read: Read): Counted['hugetlb'] => {
  if (directory === undefined) return {}
  const sizes = listDirectory(directory).flatMap(
    (file) => /^hugetlb\.(\w+)\.limit_in_bytes$/.exec(file)?.[1] ?? [],
  )
  return Object.fromEntries(
    sizes.map((size) => {
      const prefix = `hugetlb.${size}${read('hugetlb', `hugetlb.${size}.rsvd.usage_in_bytes`) ? '.rsvd' : ''}`
      const count = (name: string): Count => toCount(read('hugetlb', `${prefix}.${name}`) || '0')
      const used = sparse({ usage: count('usage_in_bytes'), max: count('max_usage_in_bytes') })
      return [size, { ...used, failcnt: count('failcnt') }]
    }),
  )
}
