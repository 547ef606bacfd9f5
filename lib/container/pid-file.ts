/** `--pid-file`: the pid in decimal and nothing else, no newline: containerd reads it with Atoi. */
import { basename, dirname, join } from '../path.ts'
import { doing } from '../failure.ts'
import { hasCode } from '../sys/error.ts'
import { O_EXCL } from '../sys/flags/open.ts'
import { rename, unlessGone, unlink } from '../sys/host.ts'
import { writeTextFile } from '../sys/text-file.ts'

/** Written beside and renamed: whoever waits for the file never sees it empty. */
export const writePidFile = (path: string, pid: number): void =>
  doing(`write pid file ${path}`, () => {
    const temporary = join(dirname(path), `.${basename(path)}`)
    try {
      writeTextFile(temporary, String(pid), O_EXCL)
      rename(temporary, path)
    } catch (error) {
      // What was there before is somebody else's: `.bashrc`, for a pid file called `bashrc`.
      if (!hasCode(error, 'EEXIST')) unlessGone(() => unlink(temporary))
      throw error
    }
  })
