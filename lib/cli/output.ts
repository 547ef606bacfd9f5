/** Writes to stdout and stderr: all of it, before the process ends. */
import { hasCode } from '../sys/error.ts'
import { write as writeSome } from '../sys/file.ts'
import { sleep } from '../sys/time.ts'

/**
 * A pipe that its other end made non-blocking fills up (EAGAIN); a reader that has had enough closes it
 * (EPIPE: as with other tools in a pipeline, no error).
 */
export const write = (fd: number, text: string): void => {
  const bytes = Buffer.from(text)
  for (let done = 0; done < bytes.length;) {
    try {
      const rest = bytes.subarray(done)
      done += writeSome(fd, rest, rest.length)
    } catch (error) {
      if (hasCode(error, 'EPIPE')) return
      if (!hasCode(error, 'EAGAIN')) throw error
      sleep(1)
    }
  }
}

export const print = (text: string): void => write(1, text)
