/** INSIDE. Network devices: the loopback, and those that come from the host. netdevice(7) */
import { step } from '../../sync/stage.ts'
import { bind, fd } from '../../sys/bind.ts'
import { elsewhere, outside } from '../../sys/elsewhere.ts'
import { close, openat } from '../../sys/file.ts'
import { AT_FDCWD, O_RDONLY } from '../../sys/flags/open.ts'
import { moveNetDevices, type NetDevicePlan } from './devices.ts'
import { openRoute } from './route.ts'

const AF_INET = 2
const SOCK_DGRAM = 2
const SOCK_CLOEXEC = 0o2000000
const SIOCSIFFLAGS = 0x8914
const IFF_UP = 0x1
const IFF_RUNNING = 0x40
/** struct ifreq: the name in 16 bytes, then what the request is about. */
const IFREQ_SIZE = 40
const FLAGS_OFFSET = 16

const socket = bind<[domain: number, type: number, protocol: number]>('int socket(int, int, int)')
const ioctl = bind<[fd: number, request: number, argument: Uint8Array]>(
  'int ioctl(int, ulong, void *)',
  { print: [fd] },
)

/** A new network namespace is born with one that is switched off. */
export const bringUpLoopback = (): void => {
  step('switch on the loopback device', '/linux/namespaces')
  const control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)
  const request = Buffer.alloc(IFREQ_SIZE)
  request.write('lo')
  request.writeUInt16LE(IFF_UP | IFF_RUNNING, FLAGS_OFFSET)
  ioctl(control, SIOCSIFFLAGS, request)
  close(control)
}

/** The devices are sent off by tsrun, and are given their addresses back in here. */
export const receiveNetDevices = (plans: readonly NetDevicePlan[]): void => {
  if (plans.length === 0) return
  step('receive network devices', '/linux/netDevices')
  const pid = elsewhere()?.pid ?? 'self'
  const container = openRoute()
  const host = outside(openRoute)
  const open = (): number => openat(AT_FDCWD, `/proc/${pid}/ns/net`, O_RDONLY)
  const namespace = outside(open)
  try {
    moveNetDevices(plans, (request) => outside(() => host.talk(request)), container.talk, namespace)
  } finally {
    outside(() => {
      close(namespace)
      host.close()
    })
    container.close()
  }
}
