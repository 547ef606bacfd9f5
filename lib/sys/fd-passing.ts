/** Descriptors over a unix socket: sendmsg(2), recvmsg(2), SCM_RIGHTS in unix(7). */
import { bind, fd } from './bind.ts'
import { Structure, together } from './elsewhere.ts'
import { close, openat } from './file.ts'
import { AT_FDCWD, O_PATH } from './flags/open.ts'

type Call = [socket: number, message: Structure, flags: number]
const print = [fd, () => '{SCM_RIGHTS}']
const rawSendmsg = bind<Call>('long sendmsg(int, void *, int)', { print })
const rawRecvmsg = bind<Call>('long recvmsg(int, void *, int)', { print })

const SOL_SOCKET = 1
const SCM_RIGHTS = 1
const MSG_NOSIGNAL = 0x4000
const MSG_CMSG_CLOEXEC = 0x40000000
/** struct cmsghdr: size_t length, int level, int type; then one descriptor, padded to a word. */
const CMSG_LENGTH = 20
const CMSG_SPACE = 24

/** struct msghdr: name, its size, parts, their count, control data, its size, flags. */
const messageOf = (bytes: Buffer, control: Buffer): Structure =>
  new Structure(0, 0, new Structure(bytes, bytes.length), 1, control, control.length, 0)

/** @param text goes with it: a descriptor alone cannot be sent */
export const sendDescriptor = (socket: number, file: number, text: string): void => {
  const control = Buffer.alloc(CMSG_SPACE)
  control.writeUInt32LE(CMSG_LENGTH, 0)
  control.writeInt32LE(SOL_SOCKET, 8)
  control.writeInt32LE(SCM_RIGHTS, 12)
  control.writeInt32LE(file, 16)
  rawSendmsg(socket, messageOf(Buffer.from(text), control), MSG_NOSIGNAL)
}

/**
 * Blocks. For a process elsewhere: what recvmsg(2) writes into a structure does not come back from there, but the
 * number is the lowest that is free, as with every new descriptor.
 */
export const receiveDescriptorElsewhere = (socket: number): number =>
  together(() => {
    const free = openat(AT_FDCWD, '/', O_PATH)
    close(free)
    rawRecvmsg(socket, messageOf(Buffer.alloc(1), Buffer.alloc(CMSG_SPACE)), MSG_CMSG_CLOEXEC)
    return free
  })

/** Blocks. @returns the descriptor, close-on-exec; nothing when the other end closed or sent none */
export const receiveDescriptor = (socket: number): number | undefined => {
  const control = Buffer.alloc(CMSG_SPACE)
  control.writeInt32LE(-1, 16)
  const size = rawRecvmsg(socket, messageOf(Buffer.alloc(4096), control), MSG_CMSG_CLOEXEC)
  const file = control.readInt32LE(16)
  return size > 0 && file >= 0 ? file : undefined
}
