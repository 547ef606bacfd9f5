/**
 * A session keyring of the container's own, or it would have tsrun's caller's: calls for the stub. Pure.
 * session-keyring(7), keyctl(2)
 */
import type { StubCall } from '../../stub/table.ts'
import { ENOSYS } from '../../sys/errno.ts'

const JOIN_SESSION_KEYRING = 1
const SETPERM = 5
const SPEC_SESSION_KEYRING = -3

/** What a new one has: all for who possesses it; its user may view, read and link it. */
const USUAL = 0x3f130000
const USER_SEARCH = 0x00080000
const OTHER_SEARCH = 0x00000008

export interface KeyringPlan {
  /** `_ses.<id>`: the container's other processes join it by that name. */
  readonly name: string
  /** Processes that are put into the container have other ids outside than inside. */
  readonly inUserNamespace: boolean
}

/** A kernel without keyrings has none to share. */
const tolerate = [ENOSYS]

/** For a process that is put into a container that is there. */
export const joinKeyringCalls = (name: string): readonly StubCall[] => [
  {
    call: 'keyctl',
    args: [JOIN_SESSION_KEYRING, { text: name }],
    doing: `join session keyring ${name}`,
    tolerate,
  },
]

/** For the container's first process. Nobody finds a keyring by name that may not be searched. */
export const keyringCalls = ({ name, inUserNamespace }: KeyringPlan): readonly StubCall[] => [
  ...joinKeyringCalls(name),
  {
    call: 'keyctl',
    args: [SETPERM, SPEC_SESSION_KEYRING, USUAL | (inUserNamespace ? OTHER_SEARCH : USER_SEARCH)],
    doing: `let session keyring ${name} be found`,
    tolerate,
  },
]
