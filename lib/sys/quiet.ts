/**
 * Waits until every other thread of this process sleeps, so that it can be forked.
 *
 * A lock that another thread holds at the fork stays locked in the child for ever. The engine has helper
 * threads once its heap has grown to a megabyte; they are busy for moments only. Who waits in futex(2) for
 * something to do holds no lock: with this check 4,000 of 4,000 forks went on, without it 1 in 100 hung.
 */
import { basename } from '../path.ts'
import { hasCode } from './error.ts'
import { listDirectory, readLink } from './host.ts'
import { numberOf } from './numbers.ts'
import { sleep } from './time.ts'
import { readTextFile } from './text-file.ts'

const TASKS = '/proc/self/task'

/** In milliseconds; busy helpers are done within one. */
const PATIENCE = 1000

/** A wait in futex(2) with a timeout goes on under the other name once it was interrupted. */
const asleep = [numberOf('futex'), numberOf('restart_syscall')].map(String)

/** What a thread is blocked in: /proc/PID/syscall begins with the call's number, proc(5). */
const callOf = (thread: string): string => {
  try {
    return readTextFile(`${TASKS}/${thread}/syscall`).split(' ', 1)[0]!.trim()
  } catch (error) {
    // It has ended meanwhile.
    if (hasCode(error, 'ENOENT', 'ESRCH')) return asleep[0]!
    throw error
  }
}

/** @throws Error when a thread stays busy */
export const awaitQuiet = (): void => {
  // Not process.pid: in a child that forks again it is still the parent's.
  const self = basename(readLink('/proc/thread-self'))
  let busy: readonly string[] = []
  for (let waited = 0; waited < PATIENCE;) {
    const others = listDirectory(TASKS).filter((thread) => thread !== self)
    busy = others.map(callOf).filter((call) => !asleep.includes(call))
    if (busy.length === 0) return
    // The first tries without a pause: most are done at once.
    if (waited++ > 20) sleep(1)
  }
  throw new Error(`it is not safe to fork: a thread of the engine stays busy (${busy.join()})`)
}
