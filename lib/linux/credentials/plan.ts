/**
 * Who the program runs as: system calls for the stub. Pure. credentials(7), capabilities(7)
 *
 * They are among the stub's last calls: after them it could not do as it is told any more.
 */
import type { User } from '../../spec/types.ts'
import {
  PR_CAPBSET_DROP,
  PR_CAP_AMBIENT,
  PR_CAP_AMBIENT_CLEAR_ALL,
  PR_CAP_AMBIENT_RAISE,
  PR_SET_KEEPCAPS,
  PR_SET_NO_NEW_PRIVS,
} from '../../sys/flags/process.ts'
import type { StubArgument, StubCall } from '../../stub/table.ts'
import type { CapabilityPlan } from '../capabilities/plan.ts'
import { capabilityNames } from '../capabilities/table.ts'

const prctl = (doing: string, ...args: readonly StubArgument[]): StubCall => ({
  call: 'prctl',
  args,
  doing,
})

const eachBit = (set: bigint): readonly number[] => {
  const numbers: number[] = []
  for (let i = 0, left = set; left !== 0n; i++, left >>= 1n) if (left & 1n) numbers.push(i)
  return numbers
}

const LINUX_CAPABILITY_VERSION_3 = 0x20080522

/** Three bit sets as the two halves of `cap_user_data_t`, capset(2). */
export const capset = (
  sets: Pick<CapabilityPlan, 'effective' | 'permitted' | 'inheritable'>,
): StubCall => {
  const header = Buffer.alloc(8)
  header.writeUInt32LE(LINUX_CAPABILITY_VERSION_3)
  const data = Buffer.alloc(24)
  for (const half of [0, 1]) {
    const word = (set: bigint): number => Number((set >> BigInt(32 * half)) & 0xffffffffn)
    data.writeUInt32LE(word(sets.effective), half * 12)
    data.writeUInt32LE(word(sets.permitted), half * 12 + 4)
    data.writeUInt32LE(word(sets.inheritable), half * 12 + 8)
  }
  return {
    call: 'capset',
    args: [{ bytes: header }, { bytes: data }],
    doing: 'set capabilities',
    pointer: '/process/capabilities',
  }
}

const setIds = (user: User, maySetGroups: boolean): readonly StubCall[] => {
  const { uid = 0, gid = 0, additionalGids = [] } = user
  const groups = Buffer.from(new Uint32Array(additionalGids).buffer)
  const setgroups: StubCall = {
    call: 'setgroups',
    args: [additionalGids.length, { bytes: groups }],
    doing: `set additional groups ${additionalGids.join(', ')}`,
    pointer: '/process/user/additionalGids',
  }
  return [
    ...(maySetGroups ? [setgroups] : []),
    {
      call: 'setresgid',
      args: [gid, gid, gid],
      doing: `become group ${gid}`,
      pointer: '/process/user/gid',
    },
    {
      call: 'setresuid',
      args: [uid, uid, uid],
      doing: `become user ${uid}`,
      pointer: '/process/user/uid',
    },
  ]
}

export interface CredentialsPlan {
  readonly user: User
  readonly capabilities: CapabilityPlan
  /** False where setgroups(2) is denied: an unprivileged user namespace, user_namespaces(7). */
  readonly maySetGroups: boolean
  readonly noNewPrivileges: boolean
  /** Kept until the last moment, for a seccomp filter without no_new_privs; the stub drops them then. */
  readonly keep: bigint
}

export const credentialCalls = (plan: CredentialsPlan): readonly StubCall[] => {
  const { bounding, available, inheritable, ambient } = plan.capabilities
  const { effective, permitted } = plan.capabilities
  const everything = available
  // Once a capability has left the bounding set it cannot become inheritable any more.
  const inheritFirst = (inheritable & ~bounding) !== 0n
  return [
    ...(inheritFirst
      ? [capset({ effective: everything, permitted: everything, inheritable })]
      : []),
    ...eachBit(available & ~bounding).map((i) =>
      prctl(`drop ${capabilityNames[i]} from the bounding set`, PR_CAPBSET_DROP, i),
    ),
    prctl('keep capabilities while changing the user', PR_SET_KEEPCAPS, 1),
    ...setIds(plan.user, plan.maySetGroups),
    capset({ effective: effective | plan.keep, permitted: permitted | plan.keep, inheritable }),
    prctl('clear ambient capabilities', PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0),
    ...eachBit(ambient).map((i) =>
      prctl(`make ${capabilityNames[i]} ambient`, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0),
    ),
    ...(plan.noNewPrivileges ? [prctl('set no_new_privs', PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)] : []),
  ]
}
