/** One command at a time changes a container. flock(2): the kernel lets go when the holder dies. */
import { Failure } from '../../failure.ts'
import { hasCode } from '../../sys/error.ts'
import { close } from '../../sys/file.ts'
import { flock, LOCK_EX, LOCK_NB } from '../../sys/lock.ts'
import { sleep } from '../../sys/time.ts'
import { openStateDirectory } from './directory.ts'

/** In milliseconds. */
const PATIENCE = 10_000
const STEP = 5

/**
 * @param directory of the container's state
 * @returns lets go of the lock
 * @throws Failure when another command holds it for ten seconds
 */
export const lock = (directory: string): (() => void) => {
  const file = openStateDirectory(directory)
  for (let waited = 0; ; waited += STEP) {
    try {
      flock(file, LOCK_EX | LOCK_NB)
      return () => close(file)
    } catch (error) {
      if (!hasCode(error, 'EAGAIN') || waited >= PATIENCE) {
        close(file)
        throw new Failure('another command is at work on this container', {
          cause: error,
          code: 'CONTAINER_BUSY',
        })
      }
      sleep(STEP)
    }
  }
}
