/** Statistics from cgroup v2. Parent. */
import { listDirectory } from '../../../sys/host.ts'
import { join } from '../../../path.ts'
import { tryReadControl } from '../control-file.ts'
import {
  sparse,
  toCount,
  toCounts,
  type BlockEntry,
  type BlockStats,
  type Count,
  type MemoryEntry,
  type Pressure,
  type Stats,
} from './counts.ts'

type Counted = Omit<Stats, 'intel_rdt' | 'network_interfaces'>

type Read = (file: string) => string

export const readStatsV2 = (directory: string): Counted => {
  const read: Read = (file) => tryReadControl(join(directory, file))
  return {
    cpu: cpu(read),
    cpuset: CPUSET,
    memory: memory(read),
    pids: pids(read),
    blkio: { ...blocks(read('io.stat')), ...pressure(read('io.pressure')) },
    hugetlb: hugepages(directory, read),
  }
}

/** v2 has none of these, and callers expect them. */
const CPUSET: Counted['cpuset'] = {
  cpu_exclusive: 0,
  mem_hardwall: 0,
  mem_exclusive: 0,
  memory_migrate: 0,
  memory_spread_page: 0,
  memory_spread_slab: 0,
  memory_pressure: 0,
  sched_load_balance: 0,
  sched_relax_domain_level: 0,
}

const cpu = (read: Read): Counted['cpu'] => {
  const stat = toCounts(read('cpu.stat'))
  const nanoseconds = (name: string): number => Number(stat[name] ?? 0) * 1000
  return {
    usage: {
      ...sparse({ total: nanoseconds('usage_usec') }),
      kernel: nanoseconds('system_usec'),
      user: nanoseconds('user_usec'),
    },
    throttling: sparse({
      periods: stat['nr_periods'] ?? 0,
      throttledPeriods: stat['nr_throttled'] ?? 0,
      throttledTime: nanoseconds('throttled_usec'),
    }),
    ...pressure(read('cpu.pressure')),
  }
}

const NONE: MemoryEntry = { limit: 0, failcnt: 0 }

const memory = (read: Read): Counted['memory'] => {
  const raw = toCounts(read('memory.stat'))
  const entry = (prefix: string): MemoryEntry => {
    const limit = read(`${prefix}.max`)
    if (limit === '') return NONE
    const count = (name: string): Count => toCount(read(`${prefix}.${name}`) || '0')
    return {
      limit: toCount(limit),
      ...sparse({ usage: count('current'), max: count('peak') }),
      failcnt: toCounts(read(`${prefix}.events`))['max'] ?? 0,
    }
  }
  const usage = entry('memory')
  return {
    ...sparse({ cache: raw['file'] ?? 0 }),
    usage,
    swap: together(usage, entry('memory.swap')),
    kernel: NONE,
    kernelTCP: NONE,
    ...(Object.keys(raw).length > 0 ? { raw } : {}),
    ...pressure(read('memory.pressure')),
  }
}

/** v1's numbers for swap, which callers know, count memory too. */
const together = (memory: MemoryEntry, swap: MemoryEntry): MemoryEntry => ({
  limit:
    swap.limit === UNLIMITED || memory.limit === UNLIMITED
      ? UNLIMITED
      : sum(memory.limit, swap.limit),
  ...sparse({ usage: sum(memory.usage ?? 0, swap.usage ?? 0) }),
  failcnt: swap.failcnt,
})

const UNLIMITED = toCount('max')

const sum = (a: Count, b: Count): Count => toCount(String(BigInt(a) + BigInt(b)))

const pids = (read: Read): Counted['pids'] => {
  const limit = read('pids.max')
  return sparse({
    // Without the controller nobody counts tasks, but processes are listed in any case.
    current: toCount(read('pids.current') || String(read('cgroup.procs').split('\n').length)),
    limit: limit === 'max' ? 0 : toCount(limit || '0'),
  })
}

/** `8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0` */
const blocks = (text: string): BlockStats => {
  const bytes: BlockEntry[] = []
  const operations: BlockEntry[] = []
  for (const line of text.split('\n')) {
    const [device = '', ...fields] = line.split(' ')
    const [major, minor] = device.split(':').map(Number)
    for (const field of fields) {
      const match = /^([rwd])(bytes|ios)=(\d+)$/.exec(field)
      if (!match || major === undefined || minor === undefined) continue
      const list = match[2] === 'bytes' ? bytes : operations
      const op = { r: 'Read', w: 'Write', d: 'Discard' }[match[1] as 'r' | 'w' | 'd']
      list.push({ major, minor, op, ...sparse({ value: toCount(match[3]!) }) })
    }
  }
  return sparse({ ioServiceBytesRecursive: bytes, ioServicedRecursive: operations })
}

/** `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`, then `full …`; absent where the kernel has it off. */
const pressure = (text: string): { psi?: Pressure } => {
  const line = (name: string): Pressure['some'] | undefined => {
    const fields = text.split('\n').find((line) => line.startsWith(`${name} `))
    if (fields === undefined) return undefined
    const pairs = fields.slice(name.length + 1).split(' ')
    return Object.fromEntries(
      pairs.map((pair) => {
        const [key = '', value = '0'] = pair.split('=')
        return [key, Number(value)]
      }),
    )
  }
  const some = line('some')
  if (some === undefined) return {}
  return { psi: { some, full: line('full') ?? { avg10: 0, avg60: 0, avg300: 0, total: 0 } } }
}

const hugepages = (directory: string, read: Read): Counted['hugetlb'] => {
  const sizes = listDirectory(directory).flatMap(
    (file) => /^hugetlb\.(\w+)\.current$/.exec(file)?.[1] ?? [],
  )
  return Object.fromEntries(
    sizes.map((size) => {
      const usage = read(`hugetlb.${size}.rsvd.current`) || read(`hugetlb.${size}.current`)
      const failcnt = toCounts(read(`hugetlb.${size}.events`))['max'] ?? 0
      return [size, { ...sparse({ usage: toCount(usage || '0') }), failcnt }]
    }),
  )
}
