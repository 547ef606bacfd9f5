/**
 * Takes a container's state directory away: what is ours in it, by name, and nothing else. Whatever else an
 * operator has there, or below a `--root` that is not ours, stays; links are not followed.
 */
import { Failure } from '../failure.ts'
import { join } from '../path.ts'
import { hasCode } from '../sys/error.ts'
import { close, openat, unlinkatIfExists } from '../sys/file.ts'
import { AT_FDCWD, AT_REMOVEDIR, O_DIRECTORY, O_NOFOLLOW, O_PATH } from '../sys/flags/open.ts'
import { listDirectory, removeDirectory, unlink } from '../sys/host.ts'
import { CREATING_SOCKET, NOTIFY_DIRECTORY, NOTIFY_SOCKET, START_SOCKET } from './state.ts'

/** What most containers leave, without a look. @returns whether that was all */
const removeUsual = (directory: string): boolean => {
  try {
    for (const name of ['state.json', 'config.json']) unlink(join(directory, name))
    removeDirectory(directory)
    return true
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTEMPTY')) return false
    throw error
  }
}

/** All that there ever is, from all stages of a container's life; directories behind what is in them. */
const everything: readonly (readonly [name: string, flags: number])[] = [
  ['state.json', 0],
  ['.state.json', 0],
  ['config.json', 0],
  ['.config.json', 0],
  [CREATING_SOCKET, 0],
  [START_SOCKET, 0],
  [join(NOTIFY_DIRECTORY, NOTIFY_SOCKET), 0],
  [NOTIFY_DIRECTORY, AT_REMOVEDIR],
]

const removeOurs = (directory: string): void => {
  const handle = openat(AT_FDCWD, directory, O_PATH | O_DIRECTORY | O_NOFOLLOW)
  for (const [name, flags] of everything) unlinkatIfExists(handle, name, flags)
  close(handle)
}

/**
 * @param directory a real one, which the caller has locked or made
 * @throws Failure STATE_DAMAGED where others' files are in it
 */
export const removeState = (directory: string): void => {
  if (removeUsual(directory)) return
  removeOurs(directory)
  try {
    removeDirectory(directory)
  } catch (cause) {
    if (!hasCode(cause, 'ENOTEMPTY')) throw cause
    throw new Failure(`remove ${directory}, which is not only ours`, {
      cause,
      code: 'STATE_DAMAGED',
      hint: `not of tsrun's making are: ${listDirectory(directory).slice(0, 10).join(', ')}`,
    })
  }
}
