/** The mounts of this process' mount namespace, in the order they were made. Parent. proc_pid_mountinfo(5) */
import { readTextFile } from '../../sys/text-file.ts'

export interface MountEntry {
  readonly id: number
  /** Where it is, as seen from here. */
  readonly path: string
  /** Of the file system. */
  readonly type: string
}

/** Spaces and the like are octal escapes. */
const unescape = (path: string): string =>
  path.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))

export const readMounts = (): readonly MountEntry[] =>
  readTextFile('/proc/self/mountinfo')
    .split('\n')
    .flatMap((line) => {
      const match = /^(\d+) \S+ \S+ \S+ (\S+) .* - (\S+) /.exec(line)
      return match ? [{ id: Number(match[1]), path: unescape(match[2]!), type: match[3]! }] : []
    })
