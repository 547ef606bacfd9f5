/** A session keyring of the container's own, or it would have tsrun's caller's. Inside. session-keyring(7) */
import { step } from '../../sync/stage.ts'
import { bindSyscall } from '../../sys/bind.ts'
import { ENOSYS } from '../../sys/errno.ts'
import { writeAttribute } from '../attributes/child.ts'
import { keyLabel } from '../selinux/plan.ts'
import type { SessionKeyring } from './plan.ts'

const JOIN_SESSION_KEYRING = 1
const SETPERM = 5
const SPEC_SESSION_KEYRING = -3

/** What a new one has: all for who possesses it; its user may view, read and link it. */
const USUAL = 0x3f130000
const USER_SEARCH = 0x00080000
const OTHER_SEARCH = 0x00000008

/** A kernel without keyrings has none to share. */
const expect = [ENOSYS]
const joinKeyring = bindSyscall<[operation: number, name: string]>(
  'keyctl',
  ['int', 'const char *'],
  { expect },
)
const setPermissions = bindSyscall<[operation: number, keyring: number, permissions: number]>(
  'keyctl',
  ['int', 'int', 'uint'],
  { expect },
)

/** For a process that is put into a container that is there. */
export const joinSessionKeyring = (name: string): void => {
  step(`join session keyring ${name}`)
  joinKeyring(JOIN_SESSION_KEYRING, name)
}

/**
 * For the container's first process. Nobody finds a keyring by name that may not be searched.
 * @param proc see {@link writeAttribute}
 */
export const makeSessionKeyring = (
  { name, inUserNamespace, label }: SessionKeyring,
  proc: number,
): void => {
  if (label) writeAttribute(keyLabel(label), proc)
  joinSessionKeyring(name)
  step(`let session keyring ${name} be found`)
  const search = inUserNamespace ? OTHER_SEARCH : USER_SEARCH
  setPermissions(SETPERM, SPEC_SESSION_KEYRING, USUAL | search)
  if (label) writeAttribute(keyLabel(), proc)
}
