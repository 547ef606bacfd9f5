/** One command at a time changes a container. flock(2): the kernel lets go when the holder dies. */
import { doing, Failure } from '../failure.ts'
import { hasCode } from '../sys/error.ts'
import { close, openat } from '../sys/file.ts'
import { AT_FDCWD, O_DIRECTORY, O_NOFOLLOW, O_RDONLY } from '../sys/flags/open.ts'
import { flock, LOCK_EX, LOCK_NB } from '../sys/lock.ts'
import { sleep } from '../sys/time.ts'

/** In milliseconds. */
const PATIENCE = 10_000
const STEP = 5

/**
 * @param directory of the container's state
 * @returns lets go of the lock
 * @throws Failure when another command holds it for ten seconds
 */
export const lock = (directory: string): (() => void) => {
  // A link to a directory is nobody's container, and what is behind it not ours to remove.
  const file = doing(`open ${directory}`, () =>
    openat(AT_FDCWD, directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW),
  )
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
