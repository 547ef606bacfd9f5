/** A session keyring of the container's own, or it would have tsrun's caller's. Child. session-keyring(7) */
import { step } from '../../sync/stage.ts'
import { bindSyscall } from '../../sys/bind.ts'
import { hasCode } from '../../sys/error.ts'

const KEYCTL_JOIN_SESSION_KEYRING = 1
const joinSession = bindSyscall<[operation: number, name: string]>('keyctl', [
  'int',
  'const char *',
])

export const joinSessionKeyring = (name: string): void => {
  step(`join session keyring ${name}`)
  try {
    joinSession(KEYCTL_JOIN_SESSION_KEYRING, name)
  } catch (error) {
    // A kernel without keyrings has none to share.
    if (!hasCode(error, 'ENOSYS')) throw error
  }
}
