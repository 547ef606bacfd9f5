/**
 * The spec's resources as cgroup v1 control files. Pure.
 * Kernel: Documentation/admin-guide/cgroup-v1; spec: config-linux.md, "Control groups".
 */
import type { BlockIo, Cpu, Memory, Network, Resources } from '../../../spec/types.ts'
import {
  POINTER,
  invalid,
  isSet,
  isUnlimited,
  when,
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

/** @throws Failure for what v1 cannot do or would silently change */
export const limitsV1 = (resources: Resources): Limits => {
  const { memory, cpu, pids, blockIO, network, rdma, unified = {} } = resources
  if (Object.keys(unified).length > 0) {
    throw invalid(
      'invalid configuration: unified resources need cgroup v2, and the controllers of this host are in v1',
      `${POINTER}/unified`,
      'use linux.resources.memory, cpu, pids, … instead',
    )
  }
  return {
    limits: [
      ...(cpu ? cpusetLimits(cpu) : []),
      ...(cpu ? cpuLimits(cpu) : []),
      ...(memory ? memoryLimits(memory) : []),
      ...(pids ? pidsLimits(pids) : []),
      ...(blockIO ? blockLimits(blockIO) : []),
      ...hugepageLimits(resources.hugepageLimits ?? [], 'limit_in_bytes'),
      ...(network ? networkLimits(network) : []),
      ...(rdma ? rdmaLimits(rdma) : []),
    ],
    notices: [...(memory ? memoryNotices(memory) : []), ...(cpu ? cpuNotices(cpu) : [])],
  }
}

const memoryLimits = (memory: Memory): readonly Limit[] => {
  const { limit, reservation, kernelTCP, swappiness } = memory
  const knob = (name: keyof Memory, what: string, file: string, value: unknown): Limit => ({
    what: `memory ${what}`,
    pointer: `${POINTER}/memory/${name}`,
    controller: 'memory',
    file: `memory.${file}`,
    value: String(value),
  })
  if (swappiness !== undefined && swappiness > 100) {
    throw invalid(`memory swappiness ${swappiness} is above 100`, `${POINTER}/memory/swappiness`)
  }
  // The limit with swap is at least the one without: none on the one means none on the other.
  const follows = !isSet(memory.swap) && isUnlimited(limit)
  const swap = follows ? -1 : memory.swap
  return [
    ...when(limit, (value): Limit => ({
      ...knob('limit', 'limit', 'limit_in_bytes', value),
      again: true,
    })),
    ...when(swap, (value): Limit => ({
      ...knob('swap', 'and swap limit', 'memsw.limit_in_bytes', value),
      ...(follows ? { optional: true } : {}),
    })),
    ...when(reservation, (value) =>
      knob('reservation', 'reservation', 'soft_limit_in_bytes', value),
    ),
    ...when(kernelTCP, (value) =>
      knob('kernelTCP', 'limit of TCP buffers', 'kmem.tcp.limit_in_bytes', value),
    ),
    ...(memory.disableOOMKiller ? [knob('disableOOMKiller', 'OOM killer', 'oom_control', 1)] : []),
    ...(swappiness === undefined || isUnlimited(swappiness)
      ? []
      : [knob('swappiness', 'swappiness', 'swappiness', swappiness)]),
    ...(memory.useHierarchy ? [knob('useHierarchy', 'hierarchy', 'use_hierarchy', 1)] : []),
  ]
}

const memoryNotices = ({ kernel, useHierarchy }: Memory): readonly string[] => [
  ...(isSet(kernel)
    ? ['linux.resources.memory.kernel is ignored: Linux gave up limits on kernel memory']
    : []),
  ...(useHierarchy === false
    ? ['linux.resources.memory.useHierarchy is ignored: memory cgroups are hierarchical']
    : []),
]

const cpuLimits = (cpu: Cpu): readonly Limit[] => {
  const { shares, idle } = cpu
  // The kernel would bring it into range without a word.
  if (isSet(shares) && (shares < 2 || shares > 262144)) {
    throw invalid(`CPU shares ${shares} are not within 2 and 262144`, `${POINTER}/cpu/shares`)
  }
  const knob = (name: keyof Cpu, file: string): Limit => ({
    what: `CPU ${name}`,
    pointer: `${POINTER}/cpu/${name}`,
    controller: 'cpu',
    file: `cpu.${file}`,
    value: String(cpu[name]),
  })
  // A process of a real-time class can only join where there is time for it.
  return [
    ...when(cpu.realtimePeriod, (): Limit => ({
      ...knob('realtimePeriod', 'rt_period_us'),
      early: true,
      again: true,
    })),
    ...when(cpu.realtimeRuntime, (): Limit => ({
      ...knob('realtimeRuntime', 'rt_runtime_us'),
      early: true,
    })),
    ...given(idle, () => knob('idle', 'idle')),
    // An idle cgroup has no shares; the kernel refuses them.
    ...(isSet(idle) ? [] : when(shares, () => knob('shares', 'shares'))),
    ...given(cpu.burst, (): Limit => ({ ...knob('burst', 'cfs_burst_us'), again: true })),
    ...when(cpu.period, (): Limit => ({ ...knob('period', 'cfs_period_us'), again: true })),
    ...when(cpu.quota, () => knob('quota', 'cfs_quota_us')),
  ]
}

const blockLimits = (block: BlockIo): readonly Limit[] => [
  ...when(block.weight, (value): Limit => ({
    ...blockKnob('blkio', 'block I/O weight', 'weight', 'blkio.bfq.weight', String(value)),
    otherwise: { file: 'blkio.weight', value: String(value) },
  })),
  ...when(block.leafWeight, (value) =>
    blockKnob('blkio', 'block I/O leaf weight', 'leafWeight', 'blkio.leaf_weight', String(value)),
  ),
  ...(block.weightDevice ?? []).flatMap((device, i) => [
    ...deviceWeight('blkio', device, i, 'blkio.bfq.weight_device').map((limit): Limit => ({
      ...limit,
      otherwise: { file: 'blkio.weight_device', value: limit.value },
    })),
    ...when(device.leafWeight, (value) =>
      blockKnob(
        'blkio',
        `block I/O leaf weight of device ${device.major}:${device.minor}`,
        `weightDevice/${i}/leafWeight`,
        'blkio.leaf_weight_device',
        `${device.major}:${device.minor} ${value}`,
      ),
    ),
  ]),
  ...THROTTLES.flatMap(([name, file]) =>
    (block[name] ?? []).map(({ major, minor, rate }, i) =>
      blockKnob(
        'blkio',
        `block I/O rate of device ${major}:${minor}`,
        `${name}/${i}`,
        `blkio.throttle.${file}`,
        `${major}:${minor} ${rate}`,
      ),
    ),
  ),
]

const networkLimits = ({ classID, priorities = [] }: Network): readonly Limit[] => [
  ...when(classID, (value): Limit => ({
    what: 'network class',
    pointer: `${POINTER}/network/classID`,
    controller: 'net_cls',
    file: 'net_cls.classid',
    value: String(value),
  })),
  ...priorities.map(({ name, priority }, i): Limit => ({
    what: `network priority of ${name}`,
    pointer: `${POINTER}/network/priorities/${i}`,
    controller: 'net_prio',
    file: 'net_prio.ifpriomap',
    value: `${name} ${priority}`,
  })),
]
