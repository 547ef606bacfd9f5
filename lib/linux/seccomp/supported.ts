/** Which flags of seccomp(2) the running kernel knows. Parent. */
import type { SeccompFlag } from '../../spec/types.ts'
import { bindSyscall } from '../../sys/bind.ts'
import { EFAULT, EINVAL } from '../../sys/errno.ts'
import { flags, loadFlags } from './plan.ts'

const SET_MODE_FILTER = 1

/** There is no filter at address 0: nothing is ever installed. */
const askKernel = bindSyscall<[operation: number, flags: number, filter: null]>(
  'seccomp',
  ['uint', 'uint', 'void *'],
  { expect: [EFAULT, EINVAL] },
)

/** The flag as it is used: one of them only goes together with a listener. */
const asUsed = (flag: SeccompFlag): number =>
  loadFlags({
    defaultAction: 'SCMP_ACT_ALLOW',
    flags: [flag],
    syscalls: [{ names: ['getcwd'], action: 'SCMP_ACT_NOTIFY' }],
  })

/** A kernel that knows all flags goes on to look for the filter, and finds none: EFAULT. */
export const isSupported = (flag: SeccompFlag): boolean => {
  try {
    return askKernel(SET_MODE_FILTER, asUsed(flag), null) === -EFAULT
  } catch {
    return false
  }
}

export const supportedFlags = (): SeccompFlag[] =>
  (Object.keys(flags) as SeccompFlag[]).filter(isSupported).sort()
