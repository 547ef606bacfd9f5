/** With two network namespaces of the test's own, between which the devices move. */
import { spawnSync } from 'node:child_process'
import t, { type Test } from 'tap'
import { describe } from '../../failure.ts'
import { close, openat } from '../../sys/file.ts'
import { AT_FDCWD, O_RDONLY } from '../../sys/flags/open.ts'
import { setns, unshare } from '../../sys/process.ts'
import { moveNetDevices, planNetDevices, type NetDevicePlan } from './devices.ts'
import { openRoute, type RouteSocket } from './route.ts'

const CLONE_NEWNET = 0x40000000

/** Of this thread, and of what it starts. */
const openNamespace = (): number => openat(AT_FDCWD, '/proc/thread-self/ns/net', O_RDONLY)

const ip = (...args: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync('ip', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`)
  return stdout
}

interface Pair {
  readonly host: number
  readonly container: number
  readonly routes: readonly [host: RouteSocket, container: RouteSocket]
}

/** In the host's namespace when it returns. */
const twoNamespaces = (t: Test): Pair => {
  const before = openNamespace()
  unshare(CLONE_NEWNET)
  const container = openNamespace()
  const inside = openRoute()
  unshare(CLONE_NEWNET)
  const host = openNamespace()
  const outside = openRoute()
  t.teardown(() => {
    setns(before, CLONE_NEWNET)
    outside.close()
    inside.close()
    for (const file of [before, host, container]) close(file)
  })
  return { host, container, routes: [outside, inside] }
}

const move = ({ container, routes: [host, inside] }: Pair, plans: readonly NetDevicePlan[]): void =>
  moveNetDevices(plans, host.talk, inside.talk, container)

const plan = (netDevices: Record<string, { name?: string }>): readonly NetDevicePlan[] =>
  planNetDevices({ ociVersion: '1.3.0', linux: { netDevices } })

const inContainer = ({ host, container }: Pair, ...args: readonly string[]): string => {
  setns(container, CLONE_NEWNET)
  try {
    return ip(...args)
  } finally {
    setns(host, CLONE_NEWNET)
  }
}

const missing = (): string | false => {
  if (process.getuid?.() !== 0) return 'needs root'
  const { status } = spawnSync('unshare', ['-n', 'ip', 'link', 'add', 'd0', 'type', 'veth'])
  return status !== 0 && 'needs iproute2 and a kernel with veth'
}
const skip = missing()

t.strictSame(plan({ eth0: {}, eth1: { name: 'net1' } }), [
  { name: 'eth0', inside: 'eth0', pointer: '/linux/netDevices/eth0' },
  { name: 'eth1', inside: 'net1', pointer: '/linux/netDevices/eth1' },
])

t.test('a device with what it has', { skip }, async (t) => {
  const pair = twoNamespaces(t)
  ip('link', 'add', 'd0', 'address', '02:00:00:00:00:07', 'mtu', '1400', 'type', 'veth')
  ip('address', 'add', '10.1.2.3/24', 'brd', '+', 'dev', 'd0')
  ip('address', 'add', '10.1.2.4/24', 'dev', 'd0', 'label', 'd0:web')
  ip('address', 'add', '2001:db8::1/64', 'dev', 'd0', 'nodad')
  ip('address', 'add', '10.9.9.9/24', 'dev', 'd0', 'valid_lft', '1000', 'preferred_lft', '1000')
  ip('address', 'add', '169.254.1.1/16', 'dev', 'd0', 'scope', 'link')
  ip('link', 'set', 'd0', 'up')
  move(pair, plan({ d0: { name: 'net1' } }))
  t.notMatch(ip('-o', 'link'), /^\d+: d0[@:]/m, 'it has left')
  const link = inContainer(pair, '-o', 'link', 'show', 'net1')
  t.match(link, /02:00:00:00:00:07/)
  t.match(link, /mtu 1400/)
  t.match(link, /[<,]UP[,>]/)
  const addresses = inContainer(pair, '-o', 'address', 'show', 'net1')
  t.match(addresses, '10.1.2.3/24 brd 10.1.2.255 scope global net1')
  t.match(addresses, /10\.1\.2\.4\/24 scope global secondary net1:web/)
  t.match(addresses, '2001:db8::1/64 scope global')
  t.notMatch(addresses, '10.9.9.9', 'what has a lifetime stays behind')
  t.notMatch(addresses, '169.254.1.1', 'and what means the link')
})

t.test('a name that the kernel completes', { skip }, async (t) => {
  const pair = twoNamespaces(t)
  inContainer(pair, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'other')
  ip('link', 'add', 'd0', 'type', 'veth')
  ip('address', 'add', '10.1.2.3/24', 'dev', 'd0')
  move(pair, plan({ d0: { name: 'eth%d' } }))
  t.match(inContainer(pair, '-o', 'address', 'show', 'eth1'), '10.1.2.3/24')
})

t.test('several, one of which takes the name of another', { skip }, async (t) => {
  const pair = twoNamespaces(t)
  ip('link', 'add', 'd0', 'type', 'veth', 'peer', 'name', 'd1')
  move(pair, plan({ d0: { name: 'd1' }, d1: { name: 'd0' } }))
  t.match(inContainer(pair, '-o', 'link'), /d[01]@d[01]/)
})

const failureOf = (action: () => void): string => {
  try {
    action()
    return ''
  } catch (error) {
    return describe(error)
  }
}

t.test('what cannot be moved', { skip }, async (t) => {
  const pair = twoNamespaces(t)
  ip('link', 'add', 'd0', 'type', 'veth', 'peer', 'name', 'd1')
  inContainer(pair, 'link', 'add', 'd1', 'type', 'veth', 'peer', 'name', 'd2')
  t.match(
    failureOf(() => move(pair, plan({ none: {} }))),
    'there is no network device "none"',
  )
  t.match(
    failureOf(() => move(pair, plan({ d0: {}, d1: {} }))),
    'the container has a network device "d1" already',
  )
  t.match(ip('-o', 'link'), /^\d+: d0@/m, 'none has moved then')
  // Of the kernel's own refusals this one is to be had everywhere.
  t.match(
    failureOf(() => move(pair, plan({ lo: { name: 'lo1' } }))),
    /^move network device lo into the container: .*netlink\(7\) EINVAL: invalid argument$/,
  )
})
