/** On which CPUs a process may run: sched_setaffinity(2). */
import { bind } from './bind.ts'
import { EINVAL, ENOSYS, EPERM } from './errno.ts'

const rawSetAffinity = bind<[pid: number, size: number, mask: Uint8Array]>(
  'int sched_setaffinity(int, size_t, const void *)',
)

const trySetAffinity = bind<[pid: number, size: number, mask: Uint8Array]>(
  'int sched_setaffinity(int, size_t, const void *)',
  { expect: [EINVAL, ENOSYS, EPERM] },
)

const tryGetAffinity = bind<[pid: number, size: number, mask: Uint8Array]>(
  'int sched_getaffinity(int, size_t, void *)',
  { expect: [EINVAL, ENOSYS, EPERM] },
)

const trySchedGetcpu = bind<[]>('int sched_getcpu()', { expect: [ENOSYS, EPERM] })

/** CPUs that a machine can have, in bits; the kernel drops what it and the cgroup lack. */
const EVERY_CPU = Buffer.alloc(1024, 0xff)

/**
 * All CPUs that the cgroup has, whatever tsrun itself was confined to, by its service for example. Joining a
 * cgroup used to do that: until Linux 6.2.
 */
export const resetAffinity = (): void => void trySetAffinity(0, EVERY_CPU.length, EVERY_CPU)

/**
 * Brings a process that we have just made to another CPU. It would stay behind us on ours until the kernel's next tick,
 * some milliseconds, whoever is idle. Only one of ours: those that were set apart from the rest are somebody's. Where a
 * filter does not let us, it stays.
 */
export const moveAway = (pid: number): void => {
  const ours = Buffer.alloc(EVERY_CPU.length)
  const cpu = trySchedGetcpu()
  if (cpu < 0 || tryGetAffinity(0, ours.length, ours) < 0) return
  const others = Buffer.from(ours)
  others[cpu >> 3]! &= ~(1 << (cpu & 7))
  // EINVAL: there is no other.
  if (trySetAffinity(pid, others.length, others) < 0) return
  trySetAffinity(pid, ours.length, ours)
}

/** @param cpus numbers; those that the machine lacks are ignored by the kernel if others are left */
export const setAffinity = (cpus: readonly number[], pid = 0): void => {
  const mask = Buffer.alloc(8 * (Math.floor(Math.max(...cpus) / 64) + 1))
  for (const cpu of cpus) mask[cpu >> 3]! |= 1 << (cpu & 7)
  rawSetAffinity(pid, mask.length, mask)
}
