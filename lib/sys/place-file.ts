/** A file that whoever reads it sees whole, or as it was before. rename(2) */
import { hasCode } from './error.ts'
import { O_EXCL } from './flags/open.ts'
import { rename, unlessGone, unlink } from './host.ts'
import { writeFile } from './text-file.ts'

/**
 * @param temporary beside it, where it is written
 * @throws SyscallError EEXIST where that is there already
 */
export const placeFile = (path: string, temporary: string, bytes: Buffer, mode?: number): void => {
  try {
    writeFile(temporary, bytes, O_EXCL, mode)
    rename(temporary, path)
  } catch (error) {
    // What was there before is somebody else's: `.bashrc`, for a pid file called `bashrc`.
    if (!hasCode(error, 'EEXIST')) unlessGone(() => unlink(temporary))
    throw error
  }
}
