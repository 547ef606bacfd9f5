/** Unix sockets: socketpair(2), and stream sockets by path. */
import { bind, fd } from './bind.ts'

const AF_UNIX = 1
const SOCK_STREAM = 1
const SOCK_SEQPACKET = 5
const SOCK_CLOEXEC = 0o2000000
const MSG_NOSIGNAL = 0x4000

const rawSocketpair = bind<[domain: number, type: number, protocol: number, out: Int32Array]>(
  'int socketpair(int, int, int, void *)',
)
/** Two connected ends that keep message boundaries, both close-on-exec. */
export const socketpair = (): readonly [number, number] => {
  const out = new Int32Array(2)
  rawSocketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, out)
  return [out[0]!, out[1]!]
}

const setsockopt = bind<
  [fd: number, level: number, name: number, value: ArrayBufferView, size: number]
>('int setsockopt(int, int, int, const void *, uint)', { print: [fd] })
const SOL_SOCKET = 1
const SO_RCVTIMEO = 20
/** Reading from it fails with EAGAIN when nothing has come for `seconds`, socket(7). */
export const setReceiveTimeout = (socket: number, seconds: number): void =>
  void setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, new BigInt64Array([BigInt(seconds), 0n]), 16)

const rawSocket = bind<[domain: number, type: number, protocol: number]>(
  'int socket(int, int, int)',
)
const rawBind = bind<[fd: number, address: Uint8Array, size: number]>(
  'int bind(int, const void *, uint)',
  { print: [fd] },
)
const rawListen = bind<[fd: number, backlog: number]>('int listen(int, int)', { print: [fd] })
const rawConnect = bind<[fd: number, address: Uint8Array, size: number]>(
  'int connect(int, const void *, uint)',
  {
    print: [fd, (address: Uint8Array) => JSON.stringify(Buffer.from(address).toString('utf8', 2))],
  },
)

/** unix(7): a path is at most 107 bytes; longer ones go through /proc/self/fd/N of their directory. */
const addressOf = (path: string): Buffer => {
  const bytes = Buffer.alloc(110)
  bytes.writeUInt16LE(AF_UNIX, 0)
  if (Buffer.byteLength(path) > 107) throw new RangeError(`socket path too long: ${path}`)
  bytes.write(path, 2)
  return bytes
}

const listenBy = (type: number, path: string): number => {
  const socket = rawSocket(AF_UNIX, type | SOCK_CLOEXEC, 0)
  rawBind(socket, addressOf(path), 110)
  rawListen(socket, 1)
  return socket
}
/** A stream socket that listens at `path`. Close-on-exec. */
export const listenAt = (path: string): number => listenBy(SOCK_STREAM, path)
/** A socket that listens at `path` and keeps message boundaries. Close-on-exec. */
export const listenForPackets = (path: string): number => listenBy(SOCK_SEQPACKET, path)

const connectBy = (type: number, path: string): number => {
  const socket = rawSocket(AF_UNIX, type | SOCK_CLOEXEC, 0)
  rawConnect(socket, addressOf(path), 110)
  return socket
}
/** Connected to a stream socket. Close-on-exec. */
export const connectTo = (path: string): number => connectBy(SOCK_STREAM, path)
/** Connected to one that keeps message boundaries. Close-on-exec. */
export const connectForPackets = (path: string): number => connectBy(SOCK_SEQPACKET, path)

const rawSend = bind<[fd: number, bytes: Uint8Array, size: number, flags: number]>(
  'long send(int, const void *, size_t, int)',
  { print: [fd] },
)
/** send(2), without SIGPIPE when the other end is gone. */
export const send = (socket: number, bytes: Uint8Array): void =>
  void rawSend(socket, bytes, bytes.length, MSG_NOSIGNAL)
