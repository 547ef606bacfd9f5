/** Calls that somebody else's seccomp filter refuses, where tsrun itself runs in a container. Pure. seccomp(2) */
import type { SyscallName } from '../../sys/numbers.ts'
import { calls, isOlder, type Refusal } from './missing.ts'

/** What filters answer. */
const answers: readonly unknown[] = ['ENOSYS', 'EPERM']

/** libc's functions by the call that is refused. */
const callOf: Readonly<Record<string, SyscallName>> = { posix_spawn: 'clone3' }

/** @param status /proc/self/status, which says whether there is a filter */
export const filterHint = (
  { syscall = '', code }: Refusal,
  running: string,
  status: string,
): string | undefined => {
  const name = callOf[syscall] ?? syscall
  const since = calls[name as SyscallName]?.since
  if (!answers.includes(code) || since === undefined || isOlder(running, since)) return undefined
  if (!/^Seccomp:\s*2$/m.test(status)) return undefined
  return `this Linux has ${name}(2): the seccomp filter that tsrun itself runs under has to allow it`
}
