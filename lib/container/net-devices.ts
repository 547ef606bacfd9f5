/** PARENT. Devices of the host for the container's network namespace, which its process is in by now. */
import { moveNetDevices, type NetDevicePlan } from '../linux/network/devices.ts'
import { openRoute } from '../linux/network/parent.ts'
import { talkOver } from '../linux/network/talk.ts'
import type { StubProcess } from '../stub/process.ts'
import { inside } from '../sys/elsewhere.ts'
import { close, openat, read } from '../sys/file.ts'
import { AT_FDCWD, O_RDONLY } from '../sys/flags/open.ts'
import { openRouteSocket } from '../sys/netlink.ts'
import { send } from '../sys/socket.ts'

/** The kernel fills no datagram further when it is given less room; it sends more of them. */
const DATAGRAM = 16384

/** @throws Failure naming the device */
export const bringNetDevices = (plans: readonly NetDevicePlan[], process: StubProcess): void => {
  if (plans.length === 0) return
  const host = openRoute()
  const namespace = openat(AT_FDCWD, `/proc/${process.pid}/ns/net`, O_RDONLY)
  const socket = inside(process, openRouteSocket)
  const buffer = Buffer.alloc(DATAGRAM)
  const container = talkOver({
    send: (bytes) => inside(process, () => send(socket, bytes)),
    receive: () =>
      buffer.subarray(
        0,
        inside(process, () => read(socket, buffer, buffer.length)),
      ),
  })
  try {
    moveNetDevices(plans, host.talk, container, namespace)
  } finally {
    inside(process, () => close(socket))
    close(namespace)
    host.close()
  }
}
