/**
 * What a kernel that refused a call would have to be: its version, its options. Pure.
 *
 * ENOSYS says that it has no such call. EINVAL may say that it does not know a flag or a mode, and as well
 * that a value is wrong; so of that only what is newer than the running kernel is told.
 */
import type { SyscallName } from '../../sys/numbers.ts'
import { needsKernel, type KernelNeeds } from './needs.ts'

/** Calls that are not in every kernel since 3.10. */
export const calls: Readonly<Partial<Record<SyscallName, KernelNeeds>>> = {
  bpf: { since: '4.15', option: 'CONFIG_CGROUP_BPF' },
  clone3: { since: '5.3' },
  close_range: { since: '5.9' },
  fsconfig: { since: '5.2' },
  fsmount: { since: '5.2' },
  fsopen: { since: '5.2' },
  fspick: { since: '5.2' },
  ioprio_set: { option: 'CONFIG_BLOCK' },
  keyctl: { option: 'CONFIG_KEYS' },
  memfd_create: { since: '3.17', option: 'CONFIG_MEMFD_CREATE' },
  mount_setattr: { since: '5.12' },
  move_mount: { since: '5.2' },
  open_tree: { since: '5.2' },
  openat2: { since: '5.6' },
  pidfd_getfd: { since: '5.6' },
  pidfd_open: { since: '5.3' },
  pidfd_send_signal: { since: '5.1' },
  sched_setattr: { since: '3.14' },
  seccomp: { since: '3.17', option: 'CONFIG_SECCOMP_FILTER' },
  set_mempolicy: { option: 'CONFIG_NUMA' },
  setns: { option: 'CONFIG_NAMESPACES' },
  statx: { since: '4.11' },
}

interface Row {
  /** In the words of the error: what was asked of the call. */
  readonly says: RegExp
  readonly codes: readonly string[]
  readonly needs: KernelNeeds
  /** Also where the running kernel is new enough: there is nothing else that the answer could mean. */
  readonly always?: true
}

const rows: readonly Row[] = [
  { says: /MPOL_PREFERRED_MANY/, codes: ['EINVAL'], needs: { since: '5.15' } },
  { says: /MPOL_WEIGHTED_INTERLEAVE/, codes: ['EINVAL'], needs: { since: '6.9' } },
  {
    says: /scheduling policy/,
    codes: ['EOPNOTSUPP', 'ENOTSUPP'],
    needs: { since: '5.3', option: 'CONFIG_UCLAMP_TASK' },
    always: true,
  },
  { says: /SCHED_DEADLINE/, codes: ['EINVAL'], needs: { since: '3.14' } },
  { says: /mount_setattr/, codes: ['EINVAL'], needs: { since: '5.12' } },
]

const numbers = (version: string): readonly [number, number] => {
  const [, major = '0', minor = '0'] = /^(\d+)\.(\d+)/.exec(version) ?? []
  return [Number(major), Number(minor)]
}

export const isOlder = (running: string, since: string): boolean => {
  const [major, minor] = numbers(running)
  const [wantedMajor, wantedMinor] = numbers(since)
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor)
}

/** A failure, as it is known when it is told. */
export interface Refusal {
  readonly message: string
  readonly syscall?: string | undefined
  /** `ENOSYS` */
  readonly code?: string | undefined
}

const needsOf = ({ message, syscall, code }: Refusal, running: string): KernelNeeds | undefined => {
  if (code === 'ENOSYS') return calls[syscall as SyscallName]
  return rows.find(
    ({ says, codes, needs, always }) =>
      says.test(message) &&
      codes.includes(code ?? '') &&
      (always || isOlder(running, needs.since ?? '0.0')),
  )?.needs
}

/** A hint; undefined where the kernel is not what is missing. @param running `6.1.0-18-amd64` */
export const kernelHint = (refusal: Refusal, running: string): string | undefined => {
  const needs = needsOf(refusal, running)
  return needs && needsKernel(needs, running)
}
