/** config.md: what must be refused, what must be ignored. Whatever is refused leaves nothing behind. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'
import type { Config } from './harness/config.ts'

const texts: readonly [string, string | Buffer][] = [
  ['nothing', ''],
  ['no JSON', '{'],
  ['an array', '[]'],
  ['null', 'null'],
  ['a string', '"config"'],
]
for (const [name, text] of texts) {
  conform(`config.json is ${name}`, (t, box) => {
    writeFileSync(join(box.bundle, 'config.json'), text)
    t.not(box.call(['create', '--bundle', box.bundle, box.id]).status, 0)
    t.equal(box.stateNow(), undefined, 'no container')
  })
}

conform(
  'config.json is a FIFO that nobody writes to',
  (t, box) => {
    execFileSync('mkfifo', [join(box.bundle, 'config.json')])
    const { status, stderr } = box.call(['create', '--bundle', box.bundle, box.id])
    t.equal(status, 1)
    t.match(stderr, /FIFO/)
  },
  { differs: { runc: 'waits for somebody', crun: 'waits for somebody' } },
)

const bad: readonly [string, (config: Config) => void][] = [
  ['no ociVersion', (config) => delete (config as Partial<Config>).ociVersion],
  ['an ociVersion of the future', (config) => (config.ociVersion = '9.0.0')],
  ['an ociVersion that is none', (config) => (config.ociVersion = 'one')],
  ['a number for root', (config) => (config.root = 3 as never)],
  ['no root path', (config) => (config.root = {} as never)],
  ['a root that does not exist', (config) => (config.root.path = 'no-such-directory')],
  ['a root that is a file', (config) => (config.root.path = 'config.json')],
  ['args that are a string', (config) => (config.process.args = 'true' as never)],
  ['no args', (config) => (config.process.args = [])],
  ['a relative cwd', (config) => (config.process.cwd = 'tmp')],
  ['no cwd', (config) => delete (config.process as Partial<Config['process']>).cwd],
  ['a negative uid', (config) => (config.process.user.uid = -1)],
  ['a uid beyond 32 bits', (config) => (config.process.user.uid = 2 ** 33)],
  ['env that is an object', (config) => (config.process.env = {} as never)],
  ['an unknown namespace', (config) => config.linux.namespaces.push({ type: 'colour' })],
  ['a namespace twice', (config) => config.linux.namespaces.push({ type: 'uts' })],
  [
    'an unknown rlimit',
    (config) => (config.process['rlimits'] = [{ type: 'RLIMIT_COLOUR', soft: 1, hard: 1 }]),
  ],
  [
    'an rlimit twice',
    (config) =>
      (config.process['rlimits'] = [
        { type: 'RLIMIT_CORE', soft: 1, hard: 1 },
        { type: 'RLIMIT_CORE', soft: 2, hard: 2 },
      ]),
  ],
  [
    'a soft limit above the hard one',
    (config) => (config.process['rlimits'] = [{ type: 'RLIMIT_CORE', soft: 2, hard: 1 }]),
  ],
  ['an oomScoreAdj out of range', (config) => (config.process['oomScoreAdj'] = 5000)],
  ['a mount without destination', (config) => config.mounts.push({} as never)],
  ['options that are a string', (config) => (config.mounts[0]!.options = 'ro' as never)],
  ['an unknown propagation', (config) => (config.linux['rootfsPropagation'] = 'sideways')],
  [
    'a hostname without a UTS namespace',
    (config) => {
      config['hostname'] = 'x'
      config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'uts')
    },
  ],
  ['a sysctl of the host', (config) => (config.linux['sysctl'] = { 'kernel.panic': '1' })],
  [
    'a sysctl of a namespace it does not have',
    (config) => {
      config.linux['sysctl'] = { 'net.ipv4.ip_forward': '1' }
      config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'network')
    },
  ],
  [
    'a device of an unknown type',
    (config) => (config.linux['devices'] = [{ path: '/dev/x', type: 'z', major: 1, minor: 3 }]),
  ],
  [
    'memory that is a string',
    (config) => (config.linux['resources'] = { memory: { limit: '1M' } }),
  ],
  [
    'a hook with a relative path',
    (config) => (config['hooks'] = { prestart: [{ path: 'bin/true' }] }),
  ],
  [
    'a seccomp action that is unknown',
    (config) => (config.linux['seccomp'] = { defaultAction: 'SCMP_ACT_COLOUR' }),
  ],
]
for (const [name, change] of bad) {
  conform(`refused: ${name}`, (t, box) => {
    change(box.config)
    const { status, stderr } = box.create()
    t.not(status, 0)
    t.not(status, -1, 'no hang')
    t.match(stderr, /\S/, 'it says why')
    t.equal(box.stateNow(), undefined, 'no container')
  })
}

const good: readonly [string, (config: Config) => void][] = [
  ['an unknown property', (config) => (config['colour'] = 'blue')],
  ['an unknown property of process', (config) => (config.process['colour'] = 'blue')],
  ['sections of other systems', (config) => (config['solaris'] = { milestone: 'x' })],
  ['annotations', (config) => (config['annotations'] = { 'a.b': '' })],
  ['no mounts', (config) => (config.mounts = [])],
  ['ociVersion 1.0.0', (config) => (config.ociVersion = '1.0.0')],
  ['ociVersion 1.0.2-dev', (config) => (config.ociVersion = '1.0.2-dev')],
  ['empty sections', (config) => (config['hooks'] = {})],
  [
    'lists and maps that are null, as Go writes empty ones',
    (config) => {
      config['hooks'] = { prestart: null }
      config['annotations'] = null
      config.linux['devices'] = null
      config.linux['sysctl'] = null
      config.linux['timeOffsets'] = null
      config.linux['resources'] = { memory: null, devices: null, unified: null }
      config.mounts[0]!['options'] = null as never
    },
  ],
  [
    'an unknown capability',
    (config) => (config.process['capabilities'] = { bounding: ['CAP_COLOUR'] }),
  ],
]
for (const [name, change] of good) {
  conform(`accepted: ${name}`, (t, box) => {
    change(box.config)
    const { status, stderr } = box.run()
    t.equal(status, 0, stderr)
  })
}
