/** What kernel this is. uname(2) */
import { bindSyscall } from './bind.ts'

/** `struct utsname`: six texts, the third of which is the release. */
const FIELD = 65
const FIELDS = 6
const RELEASE = 2 * FIELD

const uname = bindSyscall<[names: Uint8Array]>('uname', ['void *'])

/** `6.1.0-13-amd64` @throws SyscallError */
export const kernelRelease = (): string => {
  const names = Buffer.alloc(FIELDS * FIELD)
  uname(names)
  return names.toString('latin1', RELEASE, names.indexOf(0, RELEASE))
}
