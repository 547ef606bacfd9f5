/** Unix sockets of datagrams, as sd_notify(3) uses them. unix(7) */
import { bind, fd } from './bind.ts'

const AF_UNIX = 1
const SOCK_DGRAM = 2
const SOCK_CLOEXEC = 0o2000000
/** `sun_path` of `struct sockaddr_un`. */
const MAX_PATH = 108

const socket = bind<[domain: number, type: number, protocol: number]>('int socket(int, int, int)')
const bindTo = bind<[fd: number, address: Uint8Array, size: number]>(
  'int bind(int, const void *, uint)',
  { print: [fd] },
)
const connect = bind<[fd: number, address: Uint8Array, size: number]>(
  'int connect(int, const void *, uint)',
  {
    print: [fd, (address: Uint8Array) => JSON.stringify(Buffer.from(address).toString('utf8', 2))],
  },
)

/** A name that begins with `@` is in no file system. A path ends with a NUL, such a name at its length. */
export const unixAddress = (name: string): Buffer => {
  const path = name.startsWith('@') ? `\0${name.slice(1)}` : `${name}\0`
  const bytes = Buffer.from(path)
  if (bytes.length > MAX_PATH) throw new RangeError(`socket path too long: ${name}`)
  return Buffer.concat([Buffer.from([AF_UNIX, 0]), bytes])
}

const withSocket = (use: (file: number) => void): number => {
  const file = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)
  use(file)
  return file
}

/** A socket at `path`, which must not exist. Close-on-exec. */
export const bindDatagrams = (path: string): number => {
  const address = unixAddress(path)
  return withSocket((file) => bindTo(file, address, address.length))
}

/** One that sends to whoever is at `name`: a path, or `@…`. Close-on-exec. */
export const connectDatagrams = (name: string): number => {
  const address = unixAddress(name)
  return withSocket((file) => connect(file, address, address.length))
}
