/** Which flags of seccomp(2) the running kernel knows. Parent. */
import { Failure } from '../../failure.ts'
import type { SeccompFlag } from '../../spec/types.ts'
import { bindSyscall } from '../../sys/bind.ts'
import { EFAULT, EINVAL } from '../../sys/errno.ts'
import { needsKernel } from '../kernel/needs.ts'
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

const since: Readonly<Record<SeccompFlag, string>> = {
  SECCOMP_FILTER_FLAG_TSYNC: '3.17',
  SECCOMP_FILTER_FLAG_LOG: '4.14',
  SECCOMP_FILTER_FLAG_SPEC_ALLOW: '4.17',
  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV: '5.19',
}

/** @throws Failure for the first that the kernel does not know */
export const checkFlags = (wanted: readonly SeccompFlag[] = [], has = isSupported): void => {
  wanted.forEach((flag, i) => {
    if (has(flag)) return
    throw new Failure(`this kernel does not know ${flag}`, {
      code: 'SECCOMP_UNKNOWN_FLAG',
      pointer: `/linux/seccomp/flags/${i}`,
      hint: needsKernel({ since: since[flag], option: 'CONFIG_SECCOMP_FILTER' }),
    })
  })
}

export const supportedFlags = (): SeccompFlag[] =>
  (Object.keys(flags) as SeccompFlag[]).filter(isSupported).sort()
