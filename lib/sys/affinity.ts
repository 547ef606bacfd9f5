/** On which CPUs a process may run: sched_setaffinity(2). */
import { bind } from './bind.ts'

const rawSetAffinity = bind<[pid: number, size: number, mask: Uint8Array]>(
  'int sched_setaffinity(int, size_t, const void *)',
)

/** @param cpus numbers; those that the machine lacks are ignored by the kernel if others are left */
export const setAffinity = (cpus: readonly number[], pid = 0): void => {
  const mask = Buffer.alloc(8 * (Math.floor(Math.max(...cpus) / 64) + 1))
  for (const cpu of cpus) mask[cpu >> 3]! |= 1 << (cpu & 7)
  rawSetAffinity(pid, mask.length, mask)
}
