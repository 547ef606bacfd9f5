/** SELinux on this host. Parent. selinux(8) */
import { Failure } from '../../failure.ts'
import { exists } from '../../sys/host.ts'
import { needsKernel } from '../kernel/needs.ts'

/** Where the system has its policy loaded; a kernel that only could does not count. */
export const hasSelinux = (): boolean => exists('/sys/fs/selinux/enforce')

const check = (label: string | undefined, pointer: string, enabled: () => boolean): void => {
  if (label === undefined || label === '' || enabled()) return
  throw new Failure(
    'selinux label is specified in config, but selinux is disabled or not supported',
    {
      code: 'NO_SELINUX',
      pointer,
      hint: needsKernel({ option: 'CONFIG_SECURITY_SELINUX', boot: 'selinux=1' }),
    },
  )
}

/** @throws Failure for a label that would not be applied */
export const checkSelinux = (label: string | undefined, enabled = hasSelinux): void =>
  check(label, '/process/selinuxLabel', enabled)

/** @throws Failure for a label that no mount would get */
export const checkMountLabel = (label: string | undefined, enabled = hasSelinux): void =>
  check(label, '/linux/mountLabel', enabled)
