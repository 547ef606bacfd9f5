/** The routing socket of tsrun's own network namespace. Parent. netlink(7) */
import { read } from '../../sys/file.ts'
import { openRouteSocket } from '../../sys/netlink.ts'
import { send } from '../../sys/socket.ts'
import { close } from '../../sys/file.ts'
import type { Talk } from './devices.ts'
import { DATAGRAM_SIZE, talkOver } from './talk.ts'

export interface RouteSocket {
  readonly talk: Talk
  readonly close: () => void
}

export const openRoute = (): RouteSocket => {
  const socket = openRouteSocket()
  const buffer = Buffer.alloc(DATAGRAM_SIZE)
  return {
    talk: talkOver({
      send: (bytes) => send(socket, bytes),
      receive: () => buffer.subarray(0, read(socket, buffer, buffer.length)),
    }),
    close: () => void close(socket),
  }
}
