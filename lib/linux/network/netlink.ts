/**
 * Messages of the routing socket, as bytes. Pure. netlink(7), rtnetlink(7)
 *
 *     struct nlmsghdr: u32 length, u16 type, u16 flags, u32 sequence, u32 port; then what the type has
 *     struct nlattr:   u16 length, u16 type; then the value, padded to four bytes
 */

export interface NetlinkMessage {
  readonly type: number
  readonly flags: number
  readonly sequence: number
  readonly payload: Buffer
}

export type Attributes = ReadonlyMap<number, Buffer>

const HEADER = 16
const ATTRIBUTE_HEADER = 4

const NLM_F_REQUEST = 1
const NLM_F_ACK = 4
export const NLM_F_DUMP = 0x300
export const NLM_F_CREATE_EXCL = 0x600

const NLMSG_ERROR = 2
const NLMSG_DONE = 3
/** Of an error's flags: only its own header came back, and there may be attributes. */
const NLM_F_CAPPED = 0x100
const NLM_F_ACK_TLVS = 0x200
const NLMSGERR_ATTR_MSG = 1

const align = (size: number): number => (size + 3) & ~3

export const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value >>> 0)
  return bytes
}

/** NUL-terminated, as the kernel wants a name. */
export const text = (value: string): Buffer => Buffer.from(`${value}\0`)

export const textOf = (bytes: Buffer | undefined): string =>
  bytes === undefined ? '' : bytes.toString('utf8', 0, bytes.indexOf(0))

/** @throws RangeError for a value that 16 bits cannot tell the length of (CVE-2021-43784) */
const attribute = (type: number, value: Buffer): Buffer => {
  const length = ATTRIBUTE_HEADER + value.length
  if (length > 0xffff) throw new RangeError(`netlink attribute ${type} has ${value.length} bytes`)
  const bytes = Buffer.alloc(align(length))
  bytes.writeUInt16LE(length, 0)
  bytes.writeUInt16LE(type, 2)
  value.copy(bytes, ATTRIBUTE_HEADER)
  return bytes
}

export interface Request {
  readonly type: number
  /** NLM_F_REQUEST and NLM_F_ACK are there. */
  readonly flags?: number
  /** `struct ifinfomsg`, `struct ifaddrmsg`, … */
  readonly body: Buffer
  readonly attributes?: readonly (readonly [type: number, value: Buffer])[]
}

export const encode = (
  { type, flags = 0, body, attributes = [] }: Request,
  sequence: number,
): Buffer => {
  const parts = [body, ...attributes.map(([name, value]) => attribute(name, value))]
  const header = Buffer.alloc(HEADER)
  header.writeUInt32LE(
    parts.reduce((sum, part) => sum + part.length, HEADER),
    0,
  )
  header.writeUInt16LE(type, 4)
  header.writeUInt16LE(flags | NLM_F_REQUEST | NLM_F_ACK, 6)
  header.writeUInt32LE(sequence, 8)
  return Buffer.concat([header, ...parts])
}

/** One datagram holds several messages. */
export const decode = (bytes: Buffer): readonly NetlinkMessage[] => {
  const messages: NetlinkMessage[] = []
  for (let at = 0; at + HEADER <= bytes.length;) {
    const length = bytes.readUInt32LE(at)
    if (length < HEADER || at + length > bytes.length) break
    messages.push({
      type: bytes.readUInt16LE(at + 4),
      flags: bytes.readUInt16LE(at + 6),
      sequence: bytes.readUInt32LE(at + 8),
      payload: bytes.subarray(at + HEADER, at + length),
    })
    at += align(length)
  }
  return messages
}

/** @param from where they begin: after the body of the message */
export const attributesOf = (payload: Buffer, from: number): Attributes => {
  const found = new Map<number, Buffer>()
  for (let at = from; at + ATTRIBUTE_HEADER <= payload.length;) {
    const length = payload.readUInt16LE(at)
    if (length < ATTRIBUTE_HEADER || at + length > payload.length) break
    // The two highest bits tell of nesting and byte order.
    const type = payload.readUInt16LE(at + 2) & 0x3fff
    found.set(type, payload.subarray(at + ATTRIBUTE_HEADER, at + length))
    at += align(length)
  }
  return found
}

export interface Answer {
  /** Positive; 0 for success. */
  readonly errno: number
  /** The kernel's own words, where it has some. */
  readonly message: string
}

/** The end of what the kernel says to a request; undefined for what comes before. */
export const answerOf = ({ type, flags, payload }: NetlinkMessage): Answer | undefined => {
  if (type !== NLMSG_ERROR && type !== NLMSG_DONE) return undefined
  const errno = payload.length >= 4 ? -payload.readInt32LE(0) : 0
  if (type === NLMSG_DONE || !(flags & NLM_F_ACK_TLVS)) return { errno, message: '' }
  // After the error comes the request: whole, unless it is capped.
  const request = flags & NLM_F_CAPPED ? HEADER : align(payload.readUInt32LE(4))
  return { errno, message: textOf(attributesOf(payload, 4 + request).get(NLMSGERR_ATTR_MSG)) }
}
