/** config-linux.md#network-devices: a device of the host's moves into the container, with its addresses. */
import { spawnSync } from 'node:child_process'
import { conform } from './harness/conform.ts'
import { runtime, type Box } from './harness/box.ts'

const hasThem = (): boolean => {
  const { status, stdout } = spawnSync(runtime, ['features'], { encoding: 'utf8' })
  return status === 0 && JSON.parse(stdout).linux?.netDevices?.enabled === true
}

const unable = (): string | false => {
  if (!hasThem()) return 'the runtime says that it has no network devices'
  const { status } = spawnSync('unshare', ['-n', 'ip', 'link', 'add', 'd0', 'type', 'veth'])
  return status !== 0 && 'needs iproute2 and a kernel with veth'
}
const skip = unable()

/** What stands for the host's network namespace here is one that is gone with the runtime. */
const withDevice = (...commands: readonly string[]): readonly string[] => [
  'unshare',
  '-n',
  'sh',
  '-c',
  [
    'set -e',
    'ip link add d0 address 02:00:00:00:00:07 mtu 1400 type veth',
    ...commands,
    'exec "$@"',
  ].join('\n'),
  'sh',
]

const runWith = (box: Box, netDevices: object, ...commands: readonly string[]) => {
  box.config.linux['netDevices'] = netDevices
  return box.sh('ip address; ip link', { wrap: withDevice(...commands) })
}

conform(
  'a device with its name and its addresses',
  (t, box) => {
    const { status, stdout, stderr } = runWith(
      box,
      { d0: {} },
      'ip address add 10.1.2.3/24 dev d0',
      'ip address add 169.254.1.1/16 dev d0 scope link',
    )
    t.equal(status, 0, stderr)
    t.match(stdout, /\d: d0[@:].*[<,]UP[,>].*mtu 1400/)
    t.match(stdout, '02:00:00:00:00:07')
    t.match(stdout, 'inet 10.1.2.3/24')
    t.notMatch(stdout, '169.254.1.1')
  },
  { skip },
)

conform(
  'a device with another name',
  (t, box) => {
    t.match(runWith(box, { d0: { name: 'net1' } }).stdout, /\d: net1[@:]/)
    box.delete('--force')
    t.match(runWith(box, { d0: { name: 'net%d' } }).stdout, /\d: net0[@:]/)
  },
  { skip },
)

for (const [name, netDevices] of [
  ['a device that is not there', { none: {} }],
  ['a name that is taken', { d0: { name: 'lo' } }],
] as const) {
  conform(
    `refused: ${name}`,
    (t, box) => {
      t.equal(runWith(box, netDevices).status, 1)
    },
    { skip },
  )
}
