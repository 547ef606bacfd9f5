/** SELinux' label of the container's program. Parent. */
import { Failure } from '../../failure.ts'
import { exists } from '../../sys/host.ts'

export const hasSelinux = (): boolean => exists('/sys/fs/selinux/enforce')

/** @throws Failure for a label that would not be applied */
export const checkSelinux = (label: string | undefined): void => {
  if (label === undefined || label === '') return
  throw new Failure(
    hasSelinux()
      ? 'selinux: process labels are not implemented'
      : 'selinux label is specified in config, but selinux is disabled or not supported',
    { code: 'NO_SELINUX', pointer: '/process/selinuxLabel' },
  )
}
