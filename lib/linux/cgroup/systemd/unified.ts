/** `linux.resources.unified` as properties, where systemd has one: the other files it leaves alone. Pure. */
import { quotaPerSecond, setOf } from './conversions.ts'
import { INFINITY, number, type Property } from './property.ts'

const amount =
  (name: string) =>
  (value: string): readonly Property[] => {
    if (value === 'max') return [number(name, INFINITY)]
    return /^\d+$/.test(value) ? [number(name, BigInt(value))] : []
  }

/** Without the word it is the same; the weights of devices systemd leaves alone. */
const defaultWeight = (value: string): readonly Property[] => {
  const [, weight] = /^(?:default\s+)?(\d+)$/.exec(value) ?? []
  return weight === undefined ? [] : [number('IOWeight', BigInt(weight))]
}

const cpuMax = (value: string): readonly Property[] => {
  const [quota = '', period = '100000'] = value.split(' ')
  if (!/^(max|\d+)$/.test(quota) || !/^[1-9]\d*$/.test(period)) return []
  const microseconds = BigInt(period)
  return [
    number('CPUQuotaPeriodUSec', microseconds, 242),
    number(
      'CPUQuotaPerSecUSec',
      quota === 'max' ? INFINITY : quotaPerSecond(BigInt(quota), microseconds),
    ),
  ]
}

const cpuList =
  (name: string) =>
  (value: string): readonly Property[] =>
    /^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(value) ? [setOf(name, value)] : []

/** Values that systemd would not understand go to the kernel alone, which says what it thinks of them. */
const FILES: Readonly<Record<string, (value: string) => readonly Property[]>> = {
  'cpu.idle': (value) => (value === '1' ? [number('CPUWeight', 0n, 252)] : []),
  'cpu.max': cpuMax,
  'cpu.weight': amount('CPUWeight'),
  'cpuset.cpus': cpuList('AllowedCPUs'),
  'cpuset.mems': cpuList('AllowedMemoryNodes'),
  'io.weight': defaultWeight,
  'memory.high': amount('MemoryHigh'),
  'memory.low': amount('MemoryLow'),
  'memory.max': amount('MemoryMax'),
  'memory.min': amount('MemoryMin'),
  'memory.swap.max': amount('MemorySwapMax'),
  'pids.max': amount('TasksMax'),
}

export const unifiedProperties = (unified: Readonly<Record<string, string>>): readonly Property[] =>
  Object.entries(unified).flatMap(([file, value]) => FILES[file]?.(value.trim()) ?? [])
