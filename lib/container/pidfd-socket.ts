/** PARENT. `--pidfd-socket`: somebody else gets a pidfd of the container's process. pidfd_open(2) */
import { doing } from '../failure.ts'
import { basename, dirname, resolve } from '../path.ts'
import { sendDescriptor } from '../sys/fd-passing.ts'
import { close } from '../sys/file.ts'
import { connectTo } from '../sys/socket.ts'
import { withShortPath } from './state/state.ts'

/** The text that comes with it tells what process it is; callers of runc know these. */
export type PidfdKind = 'standard' | 'setns'

/** Before anything is made: a socket that nobody listens at is to be told then. */
export const connectPidfdSocket = (path: string): number => {
  const absolute = resolve(path)
  return doing(`connect to pidfd socket ${path}`, () =>
    withShortPath(dirname(absolute), basename(absolute), connectTo),
  )
}

/** Closes the socket. */
export const sendPidfd = (socket: number, pidfd: number, kind: PidfdKind): void => {
  try {
    doing('send the pidfd', () => sendDescriptor(socket, pidfd, kind))
  } finally {
    close(socket)
  }
}
