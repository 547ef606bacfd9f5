/** Waiting without an event loop. */
import { now } from './clock.ts'

/** Node has no sleep: nobody ever wakes who waits for this. */
export const sleep = (milliseconds: number): void =>
  void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)

/**
 * A wait that doubles from 0.5 ms to 50 ms.
 * @param patience ms in all
 * @returns a function that sleeps, or says `false` where no patience is left
 */
export const backOff = (patience: number): (() => boolean) => {
  const deadline = now() + patience
  let pause = 0.5
  return () => {
    if (now() > deadline) return false
    sleep(pause)
    pause = Math.min(pause * 2, 50)
    return true
  }
}
