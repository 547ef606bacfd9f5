/** The loopback device of a new network namespace, which is born switched off. Inside. netdevice(7) */
import { step } from '../../sync/stage.ts'
import { bind, fd } from '../../sys/bind.ts'
import { close } from '../../sys/file.ts'

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

export const bringUpLoopback = (): void => {
  step('switch on the loopback device', '/linux/namespaces')
  const control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)
  const request = Buffer.alloc(IFREQ_SIZE)
  request.write('lo')
  request.writeUInt16LE(IFF_UP | IFF_RUNNING, FLAGS_OFFSET)
  ioctl(control, SIOCSIFFLAGS, request)
  close(control)
}
