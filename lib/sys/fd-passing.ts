/** Descriptors over a unix socket: sendmsg(2), recvmsg(2), SCM_RIGHTS in unix(7). */
import { bind, fd } from './bind.ts'
import { ffi } from './koffi.ts'

interface Message {
  readonly name: null
  readonly nameSize: number
  readonly parts: readonly { readonly base: Uint8Array; readonly size: number }[]
  readonly count: number
  readonly control: Uint8Array
  readonly controlSize: number
  readonly flags: number
}

let declared = false
/** Once: koffi's types are global. */
const declareTypes = (): void => {
  if (declared) return
  declared = true
  ffi.struct('tsrun_iovec', { base: 'void *', size: 'size_t' })
  ffi.struct('tsrun_msghdr', {
    name: 'void *',
    nameSize: 'uint32',
    parts: 'tsrun_iovec *',
    count: 'size_t',
    control: 'void *',
    controlSize: 'size_t',
    flags: 'int',
  })
}

const rawSendmsg = bind<[socket: number, message: Message, flags: number]>(
  'long sendmsg(int, tsrun_msghdr *, int)',
  { print: [fd, () => '{SCM_RIGHTS}'] },
)
const rawRecvmsg = bind<[socket: number, message: Message, flags: number]>(
  'long recvmsg(int, tsrun_msghdr *, int)',
  { print: [fd, () => '{SCM_RIGHTS}'] },
)

const SOL_SOCKET = 1
const SCM_RIGHTS = 1
const MSG_NOSIGNAL = 0x4000
const MSG_CMSG_CLOEXEC = 0x40000000
/** struct cmsghdr: size_t length, int level, int type; then one descriptor, padded to a word. */
const CMSG_LENGTH = 20
const CMSG_SPACE = 24

const messageOf = (bytes: Buffer, control: Buffer): Message => ({
  name: null,
  nameSize: 0,
  parts: [{ base: bytes, size: bytes.length }],
  count: 1,
  control,
  controlSize: control.length,
  flags: 0,
})

/** @param text goes with it: a descriptor alone cannot be sent */
export const sendDescriptor = (socket: number, file: number, text: string): void => {
  declareTypes()
  const control = Buffer.alloc(CMSG_SPACE)
  control.writeUInt32LE(CMSG_LENGTH, 0)
  control.writeInt32LE(SOL_SOCKET, 8)
  control.writeInt32LE(SCM_RIGHTS, 12)
  control.writeInt32LE(file, 16)
  rawSendmsg(socket, messageOf(Buffer.from(text), control), MSG_NOSIGNAL)
}

/** Blocks. @returns the descriptor, close-on-exec; nothing when the other end closed or sent none */
export const receiveDescriptor = (socket: number): number | undefined => {
  declareTypes()
  const control = Buffer.alloc(CMSG_SPACE)
  control.writeInt32LE(-1, 16)
  const size = rawRecvmsg(socket, messageOf(Buffer.alloc(4096), control), MSG_CMSG_CLOEXEC)
  const file = control.readInt32LE(16)
  return size > 0 && file >= 0 ? file : undefined
}
