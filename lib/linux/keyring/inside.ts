/**
 * INSIDE. A session keyring of the container's own, or it would have tsrun's caller's. session-keyring(7),
 * keyctl(2)
 */
import { step } from '../../sync/stage.ts'
import { bindSyscall } from '../../sys/bind.ts'
import { ENOSYS } from '../../sys/errno.ts'

const KEYCTL_JOIN_SESSION_KEYRING = 1
const KEYCTL_SETPERM = 5
const KEY_SPEC_SESSION_KEYRING = -3

/** What a new one has: all for who possesses it; its user may view, read and link it. */
const USUAL = 0x3f130000
const USER_SEARCH = 0x00080000
const OTHER_SEARCH = 0x00000008

/** A kernel without keyrings has none to share: ENOSYS. */
const joinSession = bindSyscall<[operation: number, name: string]>(
  'keyctl',
  ['int', 'const char *'],
  { expect: [ENOSYS] },
)
const setPermissions = bindSyscall<[operation: number, key: number, permissions: number]>(
  'keyctl',
  ['int', 'int', 'uint'],
  { expect: [ENOSYS] },
)

/** For a process that is put into a container that is there. */
export const joinSessionKeyring = (name: string): void => {
  step(`join session keyring ${name}`)
  joinSession(KEYCTL_JOIN_SESSION_KEYRING, name)
}

/**
 * For the container's first process. Nobody finds a keyring by name that may not be searched: those who
 * come later would make another.
 * @param inUserNamespace whose processes have other ids for who comes from outside
 */
export const makeSessionKeyring = (name: string, inUserNamespace: boolean): void => {
  joinSessionKeyring(name)
  const permissions = USUAL | (inUserNamespace ? OTHER_SEARCH : USER_SEARCH)
  setPermissions(KEYCTL_SETPERM, KEY_SPEC_SESSION_KEYRING, permissions)
}
