/** Writes to stdout, stderr and the log: all of it, before the process ends. */
import { writeSync } from 'node:fs'

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

/** Blocks this thread; the event loop must not run here. */
const sleep = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/**
 * A pipe that its other end made non-blocking fills up (EAGAIN); a reader that has had enough closes it
 * (EPIPE: as with other tools in a pipeline, no error).
 */
export const write = (fd: number, text: string): void => {
  const bytes = Buffer.from(text)
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(fd, bytes, done)
    } catch (error) {
      if (hasCode(error, 'EPIPE')) return
      if (!hasCode(error, 'EAGAIN')) throw error
      sleep(1)
    }
  }
}

export const print = (text: string): void => write(1, text)
