/** Answers the calls that a filter with SCMP_ACT_NOTIFY hands over. seccomp_unotify(2) */
import { bind } from '../../lib/sys/bind.ts'
import { poll } from '../../lib/sys/signal.ts'

const ioctl = bind<[file: number, request: number, argument: Uint8Array]>(
  'int ioctl(int, ulong, void *)',
)
const RECEIVE = 0xc0502100
const SEND = 0xc0182101
const CONTINUE = 1

/** One call of a program that waits for the answer. */
export interface Call {
  readonly pid: number
  readonly number: number
}

/**
 * Answers the next call.
 * @param errno what the program gets; 0 lets the call happen
 * @returns undefined when there is none within `patience` milliseconds
 */
export const answer = (listener: number, errno: number, patience = 5000): Call | undefined => {
  if (!poll([listener], patience)[0]) return undefined
  const request = Buffer.alloc(80)
  try {
    ioctl(listener, RECEIVE, request)
  } catch {
    // Nobody is left who could call.
    return undefined
  }
  const response = Buffer.alloc(24)
  request.copy(response, 0, 0, 8)
  response.writeInt32LE(-errno, 16)
  response.writeUInt32LE(errno === 0 ? CONTINUE : 0, 20)
  ioctl(listener, SEND, response)
  return { pid: request.readUInt32LE(8), number: request.readInt32LE(16) }
}
