/**
 * The standard streams as files: /dev/stdout and /proc/self/fd/1 open them anew, and what the caller made
 * belongs to the caller. Parent. proc_pid_fd(5)
 *
 * Files, too, as with crun and with containers that runc detaches: the program may open them anew. One that runc
 * waits for has pipes instead, and only these change hands.
 *
 * Terminals and other devices, /dev/null above all, are everybody's and keep their owners; runc spares /dev/null alone.
 */
import type { Config, User } from '../../spec/types.ts'
import { hasCode } from '../../sys/error.ts'
import { statat } from '../../sys/file.ts'
import { S_IFCHR, S_IFIFO, S_IFMT } from '../../sys/flags/open.ts'
import { userOutside } from '../idmap/outside.ts'
import { giveStreams } from './give.ts'

const statOf = (stream: number): ReturnType<typeof statat> | undefined => {
  try {
    return statat(stream, '')
  } catch (error) {
    if (hasCode(error, 'EBADF')) return undefined
    throw error
  }
}

/** Those of ours that are somebody else's than `owner`'s. */
export const foreignStreams = (owner: number | undefined): readonly number[] =>
  [0, 1, 2].filter((stream) => {
    const stat = statOf(stream)
    return stat !== undefined && (stat.mode & S_IFMT) !== S_IFCHR && stat.uid !== owner
  })

/**
 * Root of a user namespace has no power over a pipe of the host's root, which nobody else may open by a name. Files
 * stay as they are: they have names, and are not the container's.
 * @param streams those of {@link foreignStreams}
 */
export const givePipes = (streams: readonly number[], config: Config, user: User): void => {
  const owner = userOutside(config, user)
  if (owner === undefined || owner === user.uid || process.geteuid!() !== 0) return
  const pipes = streams.filter((stream) => (statat(stream, '').mode & S_IFMT) === S_IFIFO)
  giveStreams(pipes, owner)
}
