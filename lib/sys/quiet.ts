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

/** /proc/PID/syscall begins with the number of the call that a thread is blocked in, proc(5). */
const isAsleep = (thread: string): boolean => {
  try {
    return readTextFile(`${TASKS}/${thread}/syscall`).startsWith(`${numberOf('futex')} `)
  } catch (error) {
    // It has ended meanwhile.
    if (hasCode(error, 'ENOENT', 'ESRCH')) return true
    throw error
  }
}

/** @throws Error when a thread stays busy */
export const awaitQuiet = (): void => {
  // Not process.pid: in a child that forks again it is still the parent's.
  const self = basename(readLink('/proc/thread-self'))
  for (let waited = 0; waited < PATIENCE;) {
    const others = listDirectory(TASKS).filter((thread) => thread !== self)
    if (others.every(isAsleep)) return
    // The first tries without a pause: most are done at once.
    if (waited++ > 20) sleep(1)
  }
  throw new Error('a thread of the engine stays busy: it is not safe to fork')
}
