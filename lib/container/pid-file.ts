/** `--pid-file`: the pid in decimal and nothing else, no newline: containerd reads it with Atoi. */
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { doing } from '../failure.ts'

/** Written beside and renamed: whoever waits for the file never sees it empty. */
export const writePidFile = (path: string, pid: number): void =>
  doing(`write pid file ${path}`, () => {
    const temporary = join(dirname(path), `.${basename(path)}`)
    try {
      writeFileSync(temporary, String(pid), { flag: 'wx', mode: 0o666 })
      renameSync(temporary, path)
    } catch (error) {
      rmSync(temporary, { force: true })
      throw error
    }
  })
