/** The other end of the sockets that a runtime is given: who listens, what arrives, which descriptors with it. */
import { bind } from '../../lib/sys/bind.ts'
import { Structure } from '../../lib/sys/elsewhere.ts'
import { close } from '../../lib/sys/file.ts'
import { poll } from '../../lib/sys/signal.ts'
import { listenAt } from '../../lib/sys/socket.ts'

const accept = bind<[socket: number, address: null, size: null]>('int accept(int, void *, void *)')

const recvmsg = bind<[socket: number, message: Structure, flags: number]>(
  'long recvmsg(int, void *, int)',
)

const MSG_CMSG_CLOEXEC = 0x40000000
/** struct cmsghdr, then descriptors of four bytes. */
const HEADER = 16

/** What one connection brought until it was closed. */
export interface Delivery {
  readonly text: string
  readonly files: readonly number[]
  /** How many messages carried descriptors. */
  readonly messagesWithFiles: number
}

/** @returns undefined when nobody sends anything within `patience` milliseconds */
const receive = (socket: number, patience: number, once: boolean): Delivery | undefined => {
  let text = ''
  const files: number[] = []
  let messagesWithFiles = 0
  for (;;) {
    if (!poll([socket], patience)[0]) return undefined
    const bytes = Buffer.alloc(65536)
    const control = Buffer.alloc(256)
    const size = recvmsg(
      socket,
      new Structure(0, 0, new Structure(bytes, bytes.length), 1, control, control.length, 0),
      MSG_CMSG_CLOEXEC,
    )
    const length = Number(control.readBigUInt64LE(0))
    for (let at = HEADER; at < length; at += 4) files.push(control.readInt32LE(at))
    if (length > HEADER) messagesWithFiles++
    text += bytes.toString('utf8', 0, size)
    if (size === 0 || (once && files.length > 0)) return { text, files, messagesWithFiles }
  }
}

/** A socket at `path`; the runtime may connect before anybody accepts. */
export class Listener {
  readonly #socket: number

  constructor(path: string) {
    this.#socket = listenAt(path)
  }

  /**
   * The next connection and all that it brings.
   * @param once ends with the first message that has descriptors, for senders that stay connected
   */
  next({ patience = 5000, once = false } = {}): Delivery | undefined {
    if (!poll([this.#socket], patience)[0]) return undefined
    const connection = accept(this.#socket, null, null)
    try {
      return receive(connection, patience, once)
    } finally {
      close(connection)
    }
  }

  close(): void {
    close(this.#socket)
  }
}
