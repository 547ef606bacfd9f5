/** A session keyring of the container's own, or it would have tsrun's caller's. Child. session-keyring(7) */
import { step } from '../../sync/stage.ts'
import { bindSyscall } from '../../sys/bind.ts'
import { ENOSYS } from '../../sys/errno.ts'

const KEYCTL_JOIN_SESSION_KEYRING = 1
/** A kernel without keyrings has none to share: ENOSYS. */
const joinSession = bindSyscall<[operation: number, name: string]>(
  'keyctl',
  ['int', 'const char *'],
  { expect: [ENOSYS] },
)

export const joinSessionKeyring = (name: string): void => {
  step(`join session keyring ${name}`)
  joinSession(KEYCTL_JOIN_SESSION_KEYRING, name)
}
