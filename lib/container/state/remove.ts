/**
 * Takes a container's state directory away.
 *
 * Under a mistaken `--root` an id may name any directory of the host, or a link to one, and what is in there is
 * not tsrun's. So nothing but what tsrun makes is removed, by its name, and no link is followed.
 */
import { hasCode } from '../../sys/error.ts'
import { readDirectory } from '../../sys/directory.ts'
import { close, unlinkatIfExists } from '../../sys/file.ts'
import { AT_REMOVEDIR } from '../../sys/flags/open.ts'
import { removeDirectory } from '../../sys/host.ts'
import { notOurs, openStateDirectory } from './directory.ts'
import { CREATING_SOCKET, NOTIFY_DIRECTORY, NOTIFY_SOCKET, START_SOCKET } from './state.ts'

type Entry = readonly [name: string, flags: number]

/** What most have. */
const usual: readonly Entry[] = [
  ['state.json', 0],
  ['config.json', 0],
]

/** What a command, finished or killed, may have left there as well; what is a directory is empty by then. */
const others: readonly Entry[] = [
  ['.state.json', 0],
  ['.config.json', 0],
  [CREATING_SOCKET, 0],
  [START_SOCKET, 0],
  [`${NOTIFY_DIRECTORY}/${NOTIFY_SOCKET}`, 0],
  [NOTIFY_DIRECTORY, AT_REMOVEDIR],
]

const removeEntries = (directory: string, entries: readonly Entry[]): void => {
  const handle = openStateDirectory(directory)
  try {
    for (const [name, flags] of entries) unlinkatIfExists(handle, name, flags)
  } finally {
    close(handle)
  }
}

/** @returns why it is still there; nothing when it is gone */
const stillThere = (directory: string): unknown => {
  try {
    removeDirectory(directory)
  } catch (cause) {
    if (hasCode(cause, 'ENOTEMPTY')) return cause
    throw cause
  }
  return undefined
}

/** @throws Failure STATE_DAMAGED where there is something else in it */
export const removeState = (directory: string): void => {
  removeEntries(directory, usual)
  if (stillThere(directory) === undefined) return
  removeEntries(directory, others)
  const cause = stillThere(directory)
  if (cause !== undefined) throw notOurs(directory, cause)
}

/** The same, for a directory that has no state: whether it is a container's is to be seen by what is in it. */
export const removeStateless = (directory: string): void => {
  const handle = openStateDirectory(directory)
  try {
    const names = new Set([...usual, ...others].map(([name]) => name))
    if (readDirectory(handle).some((name) => !names.has(name))) throw notOurs(directory)
  } finally {
    close(handle)
  }
  removeState(directory)
}
