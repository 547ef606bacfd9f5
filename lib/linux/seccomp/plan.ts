/** A system call filter in libseccomp's and the kernel's numbers. Pure. seccomp_rule_add(3), seccomp(2) */
import { hasListener, profileTextOf } from '../../spec/profile.ts'
import type {
  Config,
  Seccomp,
  SeccompAction,
  SeccompArgument,
  SeccompFlag,
  SeccompOperator,
} from '../../spec/types.ts'

const EPERM = 1

export const actions: Readonly<Record<SeccompAction, number>> = {
  SCMP_ACT_ALLOW: 0x7fff0000,
  SCMP_ACT_ERRNO: 0x00050000,
  SCMP_ACT_KILL: 0,
  SCMP_ACT_KILL_PROCESS: 0x80000000,
  SCMP_ACT_KILL_THREAD: 0,
  SCMP_ACT_LOG: 0x7ffc0000,
  SCMP_ACT_NOTIFY: 0x7fc00000,
  SCMP_ACT_TRACE: 0x7ff00000,
  SCMP_ACT_TRAP: 0x00030000,
}

export const operators: Readonly<Record<SeccompOperator, number>> = {
  SCMP_CMP_NE: 1,
  SCMP_CMP_LT: 2,
  SCMP_CMP_LE: 3,
  SCMP_CMP_EQ: 4,
  SCMP_CMP_GE: 5,
  SCMP_CMP_GT: 6,
  SCMP_CMP_MASKED_EQ: 7,
}

export const flags: Readonly<Record<SeccompFlag, number>> = {
  SECCOMP_FILTER_FLAG_TSYNC: 1,
  SECCOMP_FILTER_FLAG_LOG: 2,
  SECCOMP_FILTER_FLAG_SPEC_ALLOW: 4,
  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV: 32,
}
const NEW_LISTENER = 8
const TSYNC_ESRCH = 16

/** The number that a filter returns. ERRNO and TRACE carry an errno, EPERM unless the config says. */
export const actionOf = (action: SeccompAction, errno: number | undefined): number =>
  action === 'SCMP_ACT_ERRNO' || action === 'SCMP_ACT_TRACE'
    ? actions[action] | ((errno ?? EPERM) & 0xffff)
    : actions[action]

const COMPARISON_SIZE = 24

/** `struct scmp_arg_cmp`s. */
export const comparisons = (args: readonly SeccompArgument[]): Buffer => {
  const bytes = Buffer.alloc(Math.max(args.length, 1) * COMPARISON_SIZE)
  args.forEach(({ index, op, value, valueTwo = 0 }, i) => {
    const at = i * COMPARISON_SIZE
    bytes.writeUInt32LE(index, at)
    bytes.writeUInt32LE(operators[op], at + 4)
    bytes.writeBigUInt64LE(BigInt(value), at + 8)
    bytes.writeBigUInt64LE(BigInt(valueTwo), at + 16)
  })
  return bytes
}

/**
 * A rule's conditions, as the rules that libseccomp takes: it cannot look at an argument twice in one
 * rule. As with runc, such conditions are alternatives.
 */
export const conditionsOf = (
  args: readonly SeccompArgument[] = [],
): readonly (readonly SeccompArgument[])[] => {
  const indices = new Set(args.map(({ index }) => index))
  return indices.size === args.length ? [args] : args.map((arg) => [arg])
}

/** The profile of a config that somebody listens to. */
export const listenedTo = (config: Config): Seccomp | undefined => {
  if (profileTextOf(config) !== undefined) return undefined
  const seccomp = config.linux?.seccomp
  return seccomp && hasListener(seccomp) ? seccomp : undefined
}

/** Of seccomp(2). Without any in the config speculation mitigations stay off, as with runc. */
export const loadFlags = (seccomp: Seccomp): number => {
  const listener = hasListener(seccomp)
  const wanted = seccomp.flags ?? ['SECCOMP_FILTER_FLAG_SPEC_ALLOW']
  let set = listener ? NEW_LISTENER : 0
  for (const name of wanted) {
    // The kernel takes this one only together with a listener; without one it has no meaning.
    if (name === 'SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV' && !listener) continue
    set |= flags[name]
  }
  return listener && set & flags.SECCOMP_FILTER_FLAG_TSYNC ? set | TSYNC_ESRCH : set
}

/** `SCMP_ARCH_X86_64` → `x86_64`, as libseccomp calls it. */
export const archName = (name: string): string => name.slice('SCMP_ARCH_'.length).toLowerCase()
