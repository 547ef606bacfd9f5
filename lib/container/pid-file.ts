/** `--pid-file`: the pid in decimal and nothing else, no newline: containerd reads it with Atoi. */
import { basename, dirname, join } from '../path.ts'
import { doing } from '../failure.ts'
import { placeFile } from '../sys/place-file.ts'

/** Written beside and renamed: whoever waits for the file never sees it empty. */
export const writePidFile = (path: string, pid: number): void =>
  doing(`write pid file ${path}`, () =>
    placeFile(path, join(dirname(path), `.${basename(path)}`), Buffer.from(String(pid))),
  )
