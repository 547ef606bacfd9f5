/** Requests about network devices and their addresses, and what the answers say. Pure. rtnetlink(7) */
import {
  attributesOf,
  NLM_F_CREATE_EXCL,
  NLM_F_DUMP,
  text,
  textOf,
  u32,
  type Attributes,
  type NetlinkMessage,
  type Request,
} from './netlink.ts'

const RTM_NEWLINK = 16
const RTM_GETLINK = 18
const RTM_NEWADDR = 20
const RTM_GETADDR = 22

const IFLA_IFNAME = 3
const IFLA_NET_NS_FD = 28
const IFF_UP = 1

/** `struct ifinfomsg`: u8 family, u8, u16 type, i32 index, u32 flags, u32 change */
const LINK_BODY = 16
/** `struct ifaddrmsg`: u8 family, u8 prefix, u8 flags, u8 scope, u32 index */
const ADDRESS_BODY = 8

export interface Link {
  readonly index: number
  readonly name: string
  readonly isUp: boolean
}

const linkBody = (index: number, flags = 0, change = 0): Buffer => {
  const body = Buffer.alloc(LINK_BODY)
  body.writeInt32LE(index, 4)
  body.writeUInt32LE(flags, 8)
  body.writeUInt32LE(change, 12)
  return body
}

export const listLinks: Request = { type: RTM_GETLINK, flags: NLM_F_DUMP, body: linkBody(0) }

export const linksIn = (messages: readonly NetlinkMessage[]): readonly Link[] =>
  messages
    .filter(({ type }) => type === RTM_NEWLINK)
    .map(({ payload }) => ({
      index: payload.readInt32LE(4),
      name: textOf(attributesOf(payload, LINK_BODY).get(IFLA_IFNAME)),
      isUp: (payload.readUInt32LE(8) & IFF_UP) !== 0,
    }))

/**
 * Moves a device and names it in one step: its old name may be taken there, and a new one here.
 * @param namespace a descriptor of the sender's
 * @param name may hold `%d`, for the lowest number that is free there
 */
export const moveLink = (index: number, namespace: number, name: string): Request => ({
  type: RTM_NEWLINK,
  body: linkBody(index),
  attributes: [
    [IFLA_NET_NS_FD, u32(namespace)],
    [IFLA_IFNAME, text(name)],
  ],
})

export const switchOn = (index: number): Request => ({
  type: RTM_NEWLINK,
  body: linkBody(index, IFF_UP, IFF_UP),
})

const IFA_LABEL = 3
const IFA_CACHEINFO = 6
const IFA_FLAGS = 8
const IFA_PROTO = 11
/** Given to the kernel anew, or its own: how long it is valid, and who it came from. */
const NOT_COPIED = new Set([IFA_LABEL, IFA_CACHEINFO, IFA_FLAGS, IFA_PROTO])

const RT_SCOPE_UNIVERSE = 0
const IFA_F_PERMANENT = 0x80
/** NODAD, HOMEADDRESS, MANAGETEMPADDR, NOPREFIXROUTE, MCAUTOJOIN: what the user chose. */
const CHOSEN_FLAGS = 0x02 | 0x10 | 0x100 | 0x200 | 0x400

export interface Address {
  readonly index: number
  readonly family: number
  readonly prefix: number
  readonly scope: number
  readonly flags: number
  /** IFA_LOCAL, IFA_ADDRESS, IFA_BROADCAST, IFA_LABEL, … */
  readonly attributes: Attributes
}

const addressBody = (family: number, prefix = 0, scope = 0, index = 0): Buffer => {
  const body = Buffer.alloc(ADDRESS_BODY)
  body.writeUInt8(family, 0)
  body.writeUInt8(prefix, 1)
  body.writeUInt8(scope, 3)
  body.writeUInt32LE(index, 4)
  return body
}

export const listAddresses: Request = {
  type: RTM_GETADDR,
  flags: NLM_F_DUMP,
  body: addressBody(0),
}

export const addressesIn = (messages: readonly NetlinkMessage[]): readonly Address[] =>
  messages
    .filter(({ type }) => type === RTM_NEWADDR)
    .map(({ payload }) => {
      const attributes = attributesOf(payload, ADDRESS_BODY)
      return {
        family: payload.readUInt8(0),
        prefix: payload.readUInt8(1),
        // Those of the body are eight of them.
        flags: attributes.get(IFA_FLAGS)?.readUInt32LE(0) ?? payload.readUInt8(2),
        scope: payload.readUInt8(3),
        index: payload.readUInt32LE(4),
        attributes,
      }
    })

/**
 * Whether an address goes with its device: one that somebody set, and that has a meaning everywhere.
 * Spec: config-linux.md, "Network Devices".
 */
export const isKept = ({ scope, flags }: Address): boolean =>
  scope === RT_SCOPE_UNIVERSE && (flags & IFA_F_PERMANENT) !== 0

/** `eth0:1` belongs to `eth0`, and to `net1` as `net1:1`. */
const relabel = (label: string, from: string, to: string): string | undefined => {
  if (label === from) return to
  return label.startsWith(`${from}:`) ? to + label.slice(from.length) : undefined
}

/**
 * @param address as it was before the move
 * @param from the device before, by the name that its addresses were labelled with
 * @param to the device after
 */
export const addAddress = (address: Address, from: Link, to: Link): Request => {
  const { family, prefix, scope, flags, attributes } = address
  const label = attributes.get(IFA_LABEL)
  const newLabel = label && relabel(textOf(label), from.name, to.name)
  return {
    type: RTM_NEWADDR,
    flags: NLM_F_CREATE_EXCL,
    body: addressBody(family, prefix, scope, to.index),
    attributes: [
      ...[...attributes].filter(([type]) => !NOT_COPIED.has(type)),
      [IFA_FLAGS, u32(flags & CHOSEN_FLAGS)],
      ...(newLabel === undefined ? [] : [[IFA_LABEL, text(newLabel)] as const]),
    ],
  }
}
