/**
 * The stub's program as a sealed memory file: an image whose program is `/proc/self/exe` finds that, and
 * cannot write to it, instead of the host's tsrun (CVE-2019-5736). memfd_create(2)
 */
import { Failure } from '../failure.ts'
import { hasCode } from '../sys/error.ts'
import { addSeals, close, memfdCreate, write } from '../sys/file.ts'
import {
  F_SEAL_GROW,
  F_SEAL_SEAL,
  F_SEAL_SHRINK,
  F_SEAL_WRITE,
  MFD_ALLOW_SEALING,
  MFD_CLOEXEC,
  MFD_EXEC,
} from '../sys/flags/open.ts'

/** What `/proc/PID/exe` of a created container shows, after `/memfd:`. */
export const STUB_NAME = 'tsrun-init'

/** MFD_EXEC is of Linux 6.3; before, every memory file could be executed. */
const create = (): number => {
  const flags = MFD_CLOEXEC | MFD_ALLOW_SEALING
  try {
    return memfdCreate(STUB_NAME, flags | MFD_EXEC)
  } catch (error) {
    if (hasCode(error, 'EINVAL')) return memfdCreate(STUB_NAME, flags)
    throw new Failure('create an executable memory file', {
      cause: error,
      ...(hasCode(error, 'EACCES') && { hint: 'sysctl vm.memfd_noexec must be below 2' }),
    })
  }
}

/** @returns its descriptor */
export const writeStub = (image: Uint8Array): number => {
  const file = create()
  try {
    write(file, image, image.length)
    addSeals(file, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)
    return file
  } catch (error) {
    close(file)
    throw error
  }
}
