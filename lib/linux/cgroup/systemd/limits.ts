/**
 * The spec's resources as properties of a unit. Pure. systemd.resource-control(5).
 *
 * systemd has to know the limits, because it writes them again whenever it changes something near. It
 * has no property for some (burst, huge pages, RDMA), and never touches those.
 */
import type { BlockIo, Cpu, Memory, Pids, Resources } from '../../../spec/types.ts'
import type { Layout } from '../layout.ts'
import { isSet, isUnlimited, type Integer } from '../limits/limit.ts'
import { cpuWeight, ioWeight, swapMax } from '../limits/v2.ts'
import { quotaPerSecond, setOf } from './conversions.ts'
import { INFINITY, number, type Property } from './property.ts'
import { unifiedProperties } from './unified.ts'

/** For `early` ones a process has to wait before it joins; the others would hit an engine that starts. */
export interface UnitLimits {
  readonly early: readonly Property[]
  readonly late: readonly Property[]
}

export const unitLimits = (resources: Resources, { mode }: Pick<Layout, 'mode'>): UnitLimits => {
  const { memory, cpu, pids, blockIO, unified = {} } = resources
  const late = [
    ...(memory ? (mode === 'v2' ? memoryV2(memory) : memoryV1(memory)) : []),
    ...(cpu ? (mode === 'v2' ? weightV2(cpu) : sharesV1(cpu)) : []),
    ...(cpu ? quota(cpu) : []),
    ...(pids ? tasks(pids) : []),
    ...(blockIO && mode === 'v2' ? weightOfIo(blockIO) : []),
  ]
  if (mode !== 'v2') return { early: [], late }
  return { early: cpu ? cpuset(cpu) : [], late: [...late, ...unifiedProperties(unified)] }
}

const orInfinity = (value: Integer): bigint => (isUnlimited(value) ? INFINITY : BigInt(value))

const memoryV2 = (memory: Memory): readonly Property[] => {
  const swap = swapMax(memory)
  return [
    ...(isSet(memory.limit) ? [number('MemoryMax', orInfinity(memory.limit))] : []),
    ...(isSet(memory.reservation) ? [number('MemoryLow', orInfinity(memory.reservation))] : []),
    ...(swap === undefined
      ? []
      : [number('MemorySwapMax', swap === 'max' ? INFINITY : BigInt(swap))]),
  ]
}

const memoryV1 = ({ limit }: Memory): readonly Property[] =>
  isSet(limit) ? [number('MemoryLimit', orInfinity(limit))] : []

const weightV2 = ({ shares, idle }: Cpu): readonly Property[] => {
  // To systemd a weight of 0 is what the kernel calls idle.
  if (isSet(idle)) return [number('CPUWeight', 0n, 252)]
  return isSet(shares) ? [number('CPUWeight', BigInt(cpuWeight(shares)))] : []
}

/** Untold, it writes its own 100 at the next reload. BFQ's file it then sets to what comes near. */
const weightOfIo = ({ weight }: BlockIo): readonly Property[] =>
  isSet(weight) ? [number('IOWeight', BigInt(ioWeight(weight)))] : []

const sharesV1 = ({ shares }: Cpu): readonly Property[] =>
  isSet(shares) ? [number('CPUShares', BigInt(shares))] : []

const DEFAULT_PERIOD = 100_000n

const quota = ({ quota, period }: Cpu): readonly Property[] => [
  ...(isSet(period) ? [number('CPUQuotaPeriodUSec', BigInt(period), 242)] : []),
  ...(isSet(quota)
    ? [
        number(
          'CPUQuotaPerSecUSec',
          isUnlimited(quota)
            ? INFINITY
            : quotaPerSecond(BigInt(quota), isSet(period) ? BigInt(period) : DEFAULT_PERIOD),
        ),
      ]
    : []),
]

const tasks = ({ limit }: Pids): readonly Property[] =>
  limit === undefined ? [] : [number('TasksMax', isSet(limit) ? orInfinity(limit) : 1n)]

const cpuset = ({ cpus, mems }: Cpu): readonly Property[] => [
  ...(cpus ? [setOf('AllowedCPUs', cpus)] : []),
  ...(mems ? [setOf('AllowedMemoryNodes', mems)] : []),
]
