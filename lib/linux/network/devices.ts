/**
 * Moves network devices of the host into the container. Parent.
 * Spec: config-linux.md, "Network Devices"; netdevice(7), network_namespaces(7)
 *
 * Two sockets take part: one in the host's namespace, which sends the devices off, and one in the
 * container's, which gives them back the addresses that the kernel takes from a device that moves.
 */
import { Failure } from '../../failure.ts'
import type { Config } from '../../spec/types.ts'
import { escapePointer } from '../../spec/json/parse.ts'
import {
  addAddress,
  addressesIn,
  isKept,
  linksIn,
  listAddresses,
  listLinks,
  moveLink,
  switchOn,
  type Link,
} from './link.ts'
import type { NetlinkMessage, Request } from './netlink.ts'

/**
 * Sends a request to a routing socket and reads the answer to its end.
 * @throws Failure with what the kernel says
 */
export type Talk = (request: Request) => readonly NetlinkMessage[]

export interface NetDevicePlan {
  /** On the host. */
  readonly name: string
  /** In the container; may hold `%d`. */
  readonly inside: string
  readonly pointer: string
}

export const planNetDevices = ({ linux = {} }: Config): readonly NetDevicePlan[] =>
  Object.entries(linux.netDevices ?? {}).map(([name, device]) => ({
    name,
    inside: device.name || name,
    pointer: `/linux/netDevices/${escapePointer(name)}`,
  }))

const isTemplate = ({ inside }: NetDevicePlan): boolean => inside.includes('%d')

const refuse = (message: string, pointer: string): Failure =>
  new Failure(message, { code: 'NO_NET_DEVICE', pointer })

/** Before the first device moves: none is moved back. */
const check = (
  plans: readonly NetDevicePlan[],
  onHost: readonly Link[],
  inside: readonly Link[],
): void => {
  for (const plan of plans) {
    if (!onHost.some(({ name }) => name === plan.name)) {
      throw refuse(`there is no network device ${JSON.stringify(plan.name)}`, plan.pointer)
    }
    if (!isTemplate(plan) && inside.some(({ name }) => name === plan.inside)) {
      const name = JSON.stringify(plan.inside)
      throw refuse(`the container has a network device ${name} already`, `${plan.pointer}/name`)
    }
  }
}

/** A device may have got another index on its way, and a name that the kernel chose. */
const findArrived = (plan: NetDevicePlan, before: readonly Link[], now: readonly Link[]): Link => {
  const found = now.find(({ name, index }) =>
    isTemplate(plan) ? !before.some((link) => link.index === index) : name === plan.inside,
  )
  if (found) return found
  throw refuse(`network device ${JSON.stringify(plan.name)} did not arrive`, plan.pointer)
}

const move = (plan: NetDevicePlan, host: Talk, container: Talk, namespace: number): void => {
  const from = linksIn(host(listLinks)).find(({ name }) => name === plan.name)
  if (!from) throw refuse(`network device ${JSON.stringify(plan.name)} is gone`, plan.pointer)
  const addresses = addressesIn(host(listAddresses)).filter(({ index }) => index === from.index)
  const before = linksIn(container(listLinks))
  host(moveLink(from.index, namespace, plan.inside))
  const to = findArrived(plan, before, linksIn(container(listLinks)))
  for (const address of addresses.filter(isKept)) container(addAddress(address, from, to))
  container(switchOn(to.index))
}

/**
 * @param host a socket in the namespace that the devices are in
 * @param container one in the container's
 * @param namespace a descriptor of the container's, of the process that `host` sends from
 * @throws Failure; a device that has moved is not moved back: it goes where the namespace's devices go
 */
export const moveNetDevices = (
  plans: readonly NetDevicePlan[],
  host: Talk,
  container: Talk,
  namespace: number,
): void => {
  if (plans.length === 0) return
  check(plans, linksIn(host(listLinks)), linksIn(container(listLinks)))
  for (const plan of plans) {
    try {
      move(plan, host, container, namespace)
    } catch (cause) {
      throw new Failure(`move network device ${plan.name} into the container`, {
        cause,
        code: 'NET_DEVICE',
        pointer: plan.pointer,
      })
    }
  }
}
