/** A conversation with a routing socket, wherever its process is. Pure but for what it is given. netlink(7) */
import { Failure } from '../../failure.ts'
import { errnoName } from '../../sys/errno.ts'
import { errorText } from '../../sys/strerror.ts'
import type { Talk } from './devices.ts'
import { answerOf, decode, encode, type NetlinkMessage } from './netlink.ts'

/** One datagram each, as send(2) and recv(2) do it. */
export interface Datagrams {
  readonly send: (bytes: Buffer) => void
  /** Room for 32 KiB, which the kernel fills at most. */
  readonly receive: () => Buffer
}

export const DATAGRAM_SIZE = 32768

export const talkOver = ({ send, receive }: Datagrams): Talk => {
  let sequence = 0
  return (request) => {
    const mine = ++sequence
    send(encode(request, mine))
    const answers: NetlinkMessage[] = []
    for (;;) {
      for (const message of decode(Buffer.from(receive()))) {
        if (message.sequence !== mine) continue
        const answer = answerOf(message)
        if (!answer) answers.push(message)
        else if (answer.errno === 0) return answers
        else {
          const { errno } = answer
          const said = answer.message === '' ? '' : `${answer.message}: `
          throw new Failure(`${said}netlink(7) ${errnoName(errno)}: ${errorText(errno)}`, {
            code: errnoName(errno),
          })
        }
      }
    }
  }
}
