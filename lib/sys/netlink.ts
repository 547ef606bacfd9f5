/** A routing socket of this process' network namespace. netlink(7) */
import { bind, fd } from './bind.ts'

export const AF_NETLINK = 16
const SOCK_RAW = 3
export const SOCK_CLOEXEC = 0o2000000
const NETLINK_ROUTE = 0
const SOL_NETLINK = 270
const NETLINK_EXT_ACK = 11

const socket = bind<[domain: number, type: number, protocol: number]>('int socket(int, int, int)')
const setsockopt = bind<[fd: number, level: number, name: number, value: Uint8Array, size: number]>(
  'int setsockopt(int, int, int, const void *, uint)',
  { print: [fd] },
)

/** Close-on-exec. Its errors come with the kernel's own words, Linux 4.12. */
export const openRouteSocket = (): number => {
  const file = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)
  setsockopt(file, SOL_NETLINK, NETLINK_EXT_ACK, Buffer.from([1, 0, 0, 0]), 4)
  return file
}
