/** Waiting, without letting anything else happen. */
import { readFileSync } from 'node:fs'

/** @param time in milliseconds */
export const pause = (time: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, time)
}

/** Waits for what other processes do. @returns whether it came to that; after five seconds it has not */
export const until = (check: () => boolean): boolean => {
  const end = Date.now() + 5000
  for (;;) {
    if (check()) return true
    if (Date.now() > end) return false
    pause(20)
  }
}

/** The text of a file; empty where there is none yet. */
export const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
