/** CPU scheduling of the container's program: a call for the stub. Pure. sched_setattr(2) */
import type { Scheduler } from '../../spec/types.ts'
import type { StubCall } from '../../stub/table.ts'
import { EPERM } from '../../sys/errno.ts'

const policies: Readonly<Record<Scheduler['policy'], number>> = {
  SCHED_OTHER: 0,
  SCHED_FIFO: 1,
  SCHED_RR: 2,
  SCHED_BATCH: 3,
  SCHED_ISO: 4,
  SCHED_IDLE: 5,
  SCHED_DEADLINE: 6,
}

const flagBits: Readonly<Record<NonNullable<Scheduler['flags']>[number], bigint>> = {
  SCHED_FLAG_RESET_ON_FORK: 1n,
  SCHED_FLAG_RECLAIM: 2n,
  SCHED_FLAG_DL_OVERRUN: 4n,
  SCHED_FLAG_KEEP_POLICY: 8n,
  SCHED_FLAG_KEEP_PARAMS: 16n,
  SCHED_FLAG_UTIL_CLAMP_MIN: 32n,
  SCHED_FLAG_UTIL_CLAMP_MAX: 64n,
}

/** cgroups(7), Documentation/scheduler/sched-rt-group.rst */
const NO_TIME =
  'a real-time policy needs CAP_SYS_NICE or RLIMIT_RTPRIO of whoever runs tsrun, and with cgroup v1 real-time in its cgroup: set linux.resources.cpu.realtimeRuntime, and cpu.rt_runtime_us of the cgroups above'

/** A deadline policy needs an affinity of all CPUs, sched_setattr(2). */
const NOT_ALL_CPUS =
  "process scheduler can't be used together with AllowedCPUs: SCHED_DEADLINE needs all CPUs, leave out linux.resources.cpu.cpus"

const hintFor = (policy: Scheduler['policy'], cpus: string | undefined): string =>
  policy === 'SCHED_DEADLINE' && cpus !== undefined && cpus !== '' ? NOT_ALL_CPUS : NO_TIME

const isRealTime = (policy: Scheduler['policy']): boolean =>
  policy === 'SCHED_FIFO' || policy === 'SCHED_RR' || policy === 'SCHED_DEADLINE'

/** The first version of `struct sched_attr`. */
const SIZE = 48

/** @param cpus of the container's cgroup */
export const schedulerCalls = (
  scheduler: Scheduler | undefined,
  cpus?: string,
): readonly StubCall[] => {
  if (scheduler === undefined) return []
  const { policy, nice = 0, priority = 0, flags = [] } = scheduler
  const { runtime = 0, deadline = 0, period = 0 } = scheduler
  const bytes = Buffer.alloc(SIZE)
  bytes.writeUInt32LE(SIZE, 0)
  bytes.writeUInt32LE(policies[policy], 4)
  bytes.writeBigUInt64LE(
    flags.reduce((set, flag) => set | flagBits[flag], 0n),
    8,
  )
  bytes.writeInt32LE(nice, 16)
  bytes.writeUInt32LE(priority, 20)
  bytes.writeBigUInt64LE(BigInt(runtime), 24)
  bytes.writeBigUInt64LE(BigInt(deadline), 32)
  bytes.writeBigUInt64LE(BigInt(period), 40)
  return [
    {
      call: 'sched_setattr',
      args: [0, { bytes }, 0],
      doing: `set scheduling policy ${policy}`,
      pointer: '/process/scheduler',
      ...(isRealTime(policy) && { hints: { [EPERM]: hintFor(policy, cpus) } }),
    },
  ]
}
