/** Sockets that systemd handed to tsrun and that are the container's: sd_listen_fds(3). Parent. */
import type { Lookup } from '../sys/caller.ts'

export interface SocketActivation {
  /** Descriptors from 3 on. */
  readonly count: number
  /** For the container, whose first process is process 1 of its namespace. */
  readonly env: readonly string[]
}

/** `LISTEN_PID` says whom the descriptors are for; whoever inherited the variables by chance is not meant. */
export const socketActivation = (variable: Lookup, pid: number): SocketActivation => {
  const count = Number(variable('LISTEN_FDS'))
  if (variable('LISTEN_PID') !== String(pid) || !Number.isInteger(count) || count <= 0) {
    return { count: 0, env: [] }
  }
  const names = variable('LISTEN_FDNAMES')
  return {
    count,
    env: [
      `LISTEN_FDS=${count}`,
      'LISTEN_PID=1',
      ...(names === undefined ? [] : [`LISTEN_FDNAMES=${names}`]),
    ],
  }
}
