/** The time of day is `Date`'s; this is for how long something takes, whatever happens to that. */
import { libc } from './koffi.ts'

type ReadClock = (clock: number, time: BigInt64Array) => number

const CLOCK_MONOTONIC = 1
let clockGettime: ReadClock | undefined

/** Milliseconds since the host was started. `performance.now()` counts from when the engine was: `caller.ts`. */
export const now = (): number => {
  clockGettime ??= libc.func('int clock_gettime(int, _Out_ void *)') as unknown as ReadClock
  const time = new BigInt64Array(2)
  clockGettime(CLOCK_MONOTONIC, time)
  return Number(time[0]) * 1000 + Number(time[1]) / 1e6
}
