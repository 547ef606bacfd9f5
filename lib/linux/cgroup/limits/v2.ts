/**
 * The spec's resources as cgroup v2 control files. Pure.
 *
 * The spec's numbers are v1's: the conversions are the ones that runc and crun share, so that a config
 * weighs the same under each of them. Kernel: Documentation/admin-guide/cgroup-v2.
 */
import type { BlockIo, Cpu, Memory, Resources } from '../../../spec/types.ts'
import {
  POINTER,
  invalid,
  isSet,
  isUnlimited,
  orMax,
  when,
  type Integer,
  type Limit,
  type Limits,
  given,
} from './limit.ts'
import {
  THROTTLES,
  blockKnob,
  cpuNotices,
  cpusetLimits,
  deviceWeight,
  hugepageLimits,
  pidsLimits,
  rdmaLimits,
} from './shared.ts'

/** @throws Failure for what v2 cannot do */
export const limitsV2 = (resources: Resources): Limits => {
  const { memory, cpu, pids, blockIO, rdma, unified } = resources
  return {
    limits: [
      ...[
        ...(cpu ? cpusetLimits(cpu) : []),
        ...(cpu ? cpuLimits(cpu) : []),
        ...(memory ? memoryLimits(memory) : []),
        ...(pids ? pidsLimits(pids) : []),
        ...(blockIO ? blockLimits(blockIO) : []),
        ...hugepageLimits(resources.hugepageLimits ?? [], 'max'),
        ...(rdma ? rdmaLimits(rdma) : []),
      ].map(unlimited),
      // Last: what names a file outright is the user's last word.
      ...(unified ? unifiedLimits(unified) : []),
    ],
    notices: [
      ...V1_ONLY.flatMap(([name, isGiven]) =>
        isGiven(resources)
          ? [`linux.resources.${name} is ignored: cgroup v2 has no such setting`]
          : [],
      ),
      ...(cpu ? cpuNotices(cpu) : []),
    ],
  }
}

/** No limit is to be had without the controller, too: who was not given one may still ask for that. */
const unlimited = (limit: Limit): Limit =>
  /^max( |$)/.test(limit.value) ? { ...limit, optional: true } : limit

/** Engines keep writing these for v2 too, so they are no errors; but nobody should wonder. */
const V1_ONLY: readonly (readonly [name: string, isGiven: (r: Resources) => boolean])[] = [
  ['memory.kernel', ({ memory }) => isSet(memory?.kernel)],
  ['memory.kernelTCP', ({ memory }) => isSet(memory?.kernelTCP)],
  ['memory.swappiness', ({ memory }) => isSet(memory?.swappiness)],
  ['memory.disableOOMKiller', ({ memory }) => memory?.disableOOMKiller === true],
  ['cpu.realtimeRuntime', ({ cpu }) => isSet(cpu?.realtimeRuntime)],
  ['cpu.realtimePeriod', ({ cpu }) => isSet(cpu?.realtimePeriod)],
  ['blockIO.leafWeight', ({ blockIO }) => isSet(blockIO?.leafWeight)],
  ['network.classID', ({ network }) => isSet(network?.classID)],
  ['network.priorities', ({ network }) => (network?.priorities ?? []).length > 0],
]

const memoryLimits = (memory: Memory): readonly Limit[] => {
  const { limit, reservation } = memory
  const knob = (name: keyof Memory, what: string, file: string, value: string): Limit => ({
    what: `memory ${what}`,
    pointer: `${POINTER}/memory/${name}`,
    controller: 'memory',
    file: `memory.${file}`,
    value,
  })
  const swap = swapMax(memory)
  return [
    ...(swap === undefined
      ? []
      : [
          {
            ...knob('swap', 'swap limit', 'swap.max', swap),
            // A kernel without swap has no such file: then there is none, and none is in the way.
            ...(swap === '0' || swap === 'max' ? { optional: true as const } : {}),
          },
        ]),
    ...when(limit, (value): Limit => ({
      ...knob('limit', 'limit', 'max', orMax(value)),
      // v2 takes a limit below what is in use and kills until it holds.
      ...(memory.checkBeforeUpdate && !isUnlimited(value) ? { usage: 'memory.current' } : {}),
    })),
    ...when(reservation, (value) => knob('reservation', 'reservation', 'low', orMax(value))),
  ]
}

/** The spec's swap limit counts memory and swap together, v2's counts swap alone. */
export const swapMax = ({ limit, swap }: Memory): string | undefined => {
  if (!isSet(swap)) return isUnlimited(limit) ? 'max' : undefined
  if (isUnlimited(swap)) return 'max'
  const pointer = `${POINTER}/memory/swap`
  if (!isSet(limit) || isUnlimited(limit)) {
    throw invalid('memory swap limit without a memory limit', pointer, 'set memory.limit too')
  }
  if (swap < limit) {
    throw invalid(
      `memory swap limit ${swap} is below the memory limit ${limit}`,
      pointer,
      'swap counts memory and swap together',
    )
  }
  return String(BigInt(swap) - BigInt(limit))
}

const cpuLimits = (cpu: Cpu): readonly Limit[] => {
  const { shares, quota, period, burst, idle } = cpu
  const knob = (name: keyof Cpu, file: string, value: string): Limit => ({
    what: `CPU ${name}`,
    pointer: `${POINTER}/cpu/${name}`,
    controller: 'cpu',
    file,
    value,
  })
  const max = `${isSet(quota) ? orMax(quota) : 'max'} ${isSet(period) ? period : 100000}`
  return [
    ...given(idle, (value) => knob('idle', 'cpu.idle', String(value))),
    // An idle cgroup has no weight; the kernel refuses one.
    ...(isSet(idle)
      ? []
      : when(shares, (value) => knob('shares', 'cpu.weight', String(cpuWeight(value))))),
    ...given(burst, (value): Limit => ({
      ...knob('burst', 'cpu.max.burst', String(value)),
      again: true,
    })),
    ...(isSet(quota) || isSet(period)
      ? [knob(isSet(quota) ? 'quota' : 'period', 'cpu.max', max)]
      : []),
  ]
}

/**
 * Shares 2…262144 as a weight 1…10000 along a curve on which the defaults, 1024 and 100, meet.
 * The formula is the one that runc, crun and systemd's callers agreed on.
 */
export const cpuWeight = (shares: Integer): number => {
  if (shares <= 2) return 1
  if (shares >= 262144) return 10000
  const log = Math.log2(Number(shares))
  return Math.ceil(10 ** ((log * log + 125 * log) / 612 - 7 / 34))
}

/** Weight 10…1000 as io.weight's 1…10000. */
export const ioWeight = (weight: Integer): number =>
  1 + Math.floor(((Number(weight) - 10) * 9999) / 990)

const blockLimits = (block: BlockIo): readonly Limit[] => [
  ...when(block.weight, (value): Limit => ({
    ...blockKnob('io', 'block I/O weight', 'weight', 'io.bfq.weight', String(value)),
    otherwise: { file: 'io.weight', value: `default ${ioWeight(value)}` },
  })),
  ...(block.weightDevice ?? []).flatMap((device, i) =>
    deviceWeight('io', device, i, 'io.bfq.weight').map((limit): Limit => ({
      ...limit,
      // Without BFQ it is the controller's own cost model that weighs, Linux 5.4.
      otherwise: {
        file: 'io.weight',
        value: `${device.major}:${device.minor} ${ioWeight(device.weight!)}`,
      },
    })),
  ),
  ...THROTTLES.flatMap(([name, , word]) =>
    (block[name] ?? []).map(({ major, minor, rate }, i) =>
      blockKnob(
        'io',
        `block I/O rate of device ${major}:${minor}`,
        `${name}/${i}`,
        'io.max',
        `${major}:${minor} ${word}=${isSet(rate) ? rate : 'max'}`,
      ),
    ),
  ),
]

const unifiedLimits = (unified: NonNullable<Resources['unified']>): readonly Limit[] =>
  Object.entries(unified).flatMap(([file, text]) => {
    const pointer = `${POINTER}/unified/${file.replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (!/^[^./]+\.[^/]+$/.test(file)) {
      throw invalid(
        `unified resource "${file}" is not the name of a control file`,
        pointer,
        'names look like memory.high',
      )
    }
    const controller = file.slice(0, file.indexOf('.'))
    // io.max and its like take one device a write.
    return text
      .split('\n')
      .filter((value) => value !== '')
      .map((value): Limit => ({
        what: `unified resource ${file}`,
        pointer,
        controller,
        file,
        value,
      }))
  })
