/** The controllers whose files are the same in cgroup v1 and v2. Pure. */
import type { BlockIo, Cpu, Pids, Resources, WeightDevice } from '../../../spec/types.ts'
import { POINTER, isSet, orMax, when, type Limit } from './limit.ts'

/** In v1 nothing can join while these are empty; `createCgroup` inherits what is not set here. */
export const cpusetLimits = ({ cpus, mems }: Cpu): readonly Limit[] => {
  const knob = (name: 'cpus' | 'mems', what: string, value = ''): readonly Limit[] => {
    const file = `cpuset.${name}`
    const pointer = `${POINTER}/cpu/${name}`
    return value ? [{ what, pointer, controller: 'cpuset', file, value, early: true }] : []
  }
  return [...knob('cpus', 'CPUs', cpus), ...knob('mems', 'memory nodes', mems)]
}

/** The kernel would refuse them; a container that is idle already and gets some stays idle. */
export const cpuNotices = ({ idle, shares }: Cpu): readonly string[] =>
  isSet(idle) && isSet(shares)
    ? ['linux.resources.cpu.shares is ignored: an idle cgroup has none, and cpu.idle is set']
    : []

/** 0 is a limit too and means 1, the process that is there in any case. */
export const pidsLimits = ({ limit }: Pids): readonly Limit[] => {
  if (limit === undefined) return []
  const value = isSet(limit) ? orMax(limit) : '1'
  const pointer = `${POINTER}/pids/limit`
  return [{ what: 'pids limit', pointer, controller: 'pids', file: 'pids.max', value }]
}

export const rdmaLimits = (rdma: NonNullable<Resources['rdma']>): readonly Limit[] =>
  Object.entries(rdma).map(([device, { hcaHandles, hcaObjects }]) => {
    const handles = hcaHandles === undefined ? '' : ` hca_handle=${hcaHandles}`
    const objects = hcaObjects === undefined ? '' : ` hca_object=${hcaObjects}`
    return {
      what: `RDMA limit of ${device}`,
      pointer: `${POINTER}/rdma/${device.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      controller: 'rdma',
      file: 'rdma.max',
      value: `${device}${handles}${objects}`,
    }
  })

/** Both versions keep two limits a size; the one on reservations (5.7) fails mmap(2) instead of killing. */
export const hugepageLimits = (
  limits: NonNullable<Resources['hugepageLimits']>,
  suffix: 'limit_in_bytes' | 'max',
): readonly Limit[] =>
  limits.flatMap(({ pageSize, limit }, i): readonly Limit[] => {
    const what = `limit of ${pageSize} huge pages`
    const pointer = `${POINTER}/hugepageLimits/${i}`
    const knob = { what, pointer, controller: 'hugetlb', value: String(limit) }
    return [
      { ...knob, file: `hugetlb.${pageSize}.rsvd.${suffix}`, optional: true },
      { ...knob, file: `hugetlb.${pageSize}.${suffix}` },
    ]
  })

/** The four lists of rates, each with its v1 file and its v2 word. */
export const THROTTLES = [
  ['throttleReadBpsDevice', 'read_bps_device', 'rbps'],
  ['throttleWriteBpsDevice', 'write_bps_device', 'wbps'],
  ['throttleReadIOPSDevice', 'read_iops_device', 'riops'],
  ['throttleWriteIOPSDevice', 'write_iops_device', 'wiops'],
] as const satisfies readonly (readonly [keyof BlockIo, string, string])[]

export const blockKnob = (
  controller: 'blkio' | 'io',
  what: string,
  at: string,
  file: string,
  value: string,
): Limit => ({ what, pointer: `${POINTER}/blockIO/${at}`, controller, file, value })

/** Weights belong to an I/O scheduler: BFQ, which names its own files, or CFQ of kernels before 5.0. */
export const deviceWeight = (
  controller: 'blkio' | 'io',
  { major, minor, weight }: WeightDevice,
  index: number,
  file: string,
): readonly Limit[] =>
  when(weight, (value) =>
    blockKnob(
      controller,
      `block I/O weight of device ${major}:${minor}`,
      `weightDevice/${index}/weight`,
      file,
      `${major}:${minor} ${value}`,
    ),
  )
