/** The host's mounts of proc and sysfs, which --no-pivot would leave below the container's root. Parent. */
import { readTextFile } from '../../sys/text-file.ts'

/** Spaces and the like are octal escapes in mountinfo, proc(5). */
const unescape = (path: string): string =>
  path.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))

/** Their mount points, those mounted last first. */
export const procMounts = (): readonly string[] =>
  readTextFile('/proc/self/mountinfo')
    .split('\n')
    .flatMap((line) => {
      const match = /^\S+ \S+ \S+ \S+ (\S+) .* - (proc|sysfs) /.exec(line)
      return match ? [unescape(match[1]!)] : []
    })
    .reverse()
