/** config-linux.md#network-devices: interfaces of the host that become the container's. */
import { spawnSync } from 'node:child_process'
import { conform } from './harness/conform.ts'
import { removeNamespace } from './harness/config.ts'

const ip = (...args: readonly string[]) => spawnSync('ip', args, { encoding: 'utf8' })

let count = 0
/** An interface's name has 15 letters at most. */
const newName = (): string => `cf${process.pid % 100000}x${++count}`

/** A pair of interfaces, of which the test uses the first. */
const withDevice = (body: (name: string) => void): void => {
  const name = newName()
  ip('link', 'add', name, 'type', 'veth', 'peer', 'name', `${name}p`)
  try {
    body(name)
  } finally {
    ip('link', 'del', name)
    ip('link', 'del', `${name}p`)
  }
}

const able = (): string | undefined => {
  if (process.getuid?.() !== 0) return 'needs root'
  const name = newName()
  const made = ip('link', 'add', name, 'type', 'veth', 'peer', 'name', `${name}p`).status === 0
  ip('link', 'del', name)
  return made ? undefined : 'needs ip(8) and veth devices'
}

const needs = {
  skip: able(),
  differs: { runc: '1.1 has no netDevices', crun: '1.8 has no netDevices' },
}

conform(
  'a device is moved, is up, and is not the host’s any more',
  (t, box) =>
    withDevice((name) => {
      box.config.ociVersion = '1.3.0'
      box.config.linux['netDevices'] = { [name]: {} }
      box.config.process.args = ['sleep', '100']
      const { status, stderr } = box.create()
      t.equal(status, 0, stderr)
      t.not(ip('link', 'show', name).status, 0, 'gone from the host')
      box.start()
      t.match(box.call(['exec', box.id, 'ip', 'addr', 'show', name]).stdout, /<[^>]*UP/)
    }),
  needs,
)

conform(
  'under another name, with its addresses and its MTU',
  (t, box) =>
    withDevice((name) => {
      ip('addr', 'add', '10.99.7.1/24', 'dev', name)
      ip('addr', 'add', 'fd99:7::1/64', 'dev', name, 'nodad')
      ip('link', 'set', name, 'mtu', '1400')
      const { address } = JSON.parse(ip('-j', 'link', 'show', name).stdout)[0]
      box.config.ociVersion = '1.3.0'
      box.config.linux['netDevices'] = { [name]: { name: 'inside0' } }
      const { status, stdout, stderr } = box.sh('ip addr show inside0')
      t.equal(status, 0, stderr)
      t.match(stdout, /inet 10\.99\.7\.1\/24/)
      t.match(stdout, /inet6 fd99:7::1\/64/)
      t.match(stdout, /mtu 1400/)
      t.match(stdout, address)
    }),
  needs,
)

conform(
  'several, and a template for the name',
  (t, box) =>
    withDevice((first) =>
      withDevice((second) => {
        box.config.ociVersion = '1.3.0'
        box.config.linux['netDevices'] = { [first]: { name: 'eth%d' }, [second]: { name: 'eth%d' } }
        const { status, stdout, stderr } = box.sh('ip link show eth0 && ip link show eth1')
        t.equal(status, 0, stderr)
        t.match(stdout, /eth1/)
      }),
    ),
  needs,
)

for (const [name, netDevices] of [
  ['a device that does not exist', { cfnosuch0: {} }],
  ['a name that is too long', { lo: { name: 'x'.repeat(16) } }],
  ['a name with a slash', { lo: { name: 'a/b' } }],
  ['the loopback device', { lo: {} }],
] as const) {
  conform(
    `refused: ${name}`,
    (t, box) => {
      box.config.ociVersion = '1.3.0'
      box.config.linux['netDevices'] = netDevices
      t.not(box.create().status, 0)
      t.equal(box.stateNow(), undefined)
    },
    needs,
  )
}

conform(
  'refused: a name that is there already; the device stays with the host',
  (t, box) =>
    withDevice((name) => {
      box.config.ociVersion = '1.3.0'
      box.config.linux['netDevices'] = { [name]: { name: 'lo' } }
      t.not(box.create().status, 0)
      t.equal(box.stateNow(), undefined)
      t.equal(ip('link', 'show', name).status, 0)
    }),
  needs,
)

conform(
  'refused: without a network namespace of its own; the device stays as it is',
  (t, box) =>
    withDevice((name) => {
      box.config.ociVersion = '1.3.0'
      removeNamespace(box.config, 'network')
      box.config.linux['netDevices'] = { [name]: { name: 'other0' } }
      t.not(box.create().status, 0)
      t.equal(ip('link', 'show', name).status, 0)
    }),
  needs,
)
