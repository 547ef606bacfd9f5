/** `update` and `events`: limits of a container that runs, and what it uses. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'
import { hierarchyOf } from './harness/cgroups.ts'
import type { Box } from './harness/box.ts'
import { pause, textOf, until } from './harness/wait.ts'

const up = (box: Box, resources: object = {}): void => {
  box.config.linux['resources'] = resources
  box.config.process.args = ['sleep', '100']
  const { status, stderr } = box.create()
  if (status !== 0) throw new Error(`create: ${stderr}`)
  box.start()
}

const without = (controller: string): string | undefined =>
  hierarchyOf(controller) ? undefined : `no ${controller} controller on this host`

const valueOf = (box: Box, controller: string, files: { 1: string; 2: string }): string => {
  const { root, version } = hierarchyOf(controller)!
  return readFileSync(join(root, box.config.linux.cgroupsPath!, files[version]), 'utf8').trim()
}

const MB = 1024 * 1024

interface Change {
  readonly controller: string
  readonly flags: readonly string[]
  readonly resources: object
  readonly files: { readonly 1: string; readonly 2: string }
  readonly value: { readonly 1: string; readonly 2: string }
}

const memory = { 1: 'memory.limit_in_bytes', 2: 'memory.max' }
const changes: readonly Change[] = [
  {
    controller: 'memory',
    flags: ['--memory', String(96 * MB)],
    resources: { memory: { limit: 96 * MB } },
    files: memory,
    value: { 1: String(96 * MB), 2: String(96 * MB) },
  },
  {
    controller: 'memory',
    flags: ['--memory', '32M'],
    resources: { memory: { limit: 32 * MB } },
    files: memory,
    value: { 1: String(32 * MB), 2: String(32 * MB) },
  },
  {
    controller: 'memory',
    flags: ['--memory-reservation', '16M'],
    resources: { memory: { reservation: 16 * MB } },
    files: { 1: 'memory.soft_limit_in_bytes', 2: 'memory.low' },
    value: { 1: String(16 * MB), 2: String(16 * MB) },
  },
  {
    controller: 'pids',
    flags: ['--pids-limit', '33'],
    resources: { pids: { limit: 33 } },
    files: { 1: 'pids.max', 2: 'pids.max' },
    value: { 1: '33', 2: '33' },
  },
  {
    controller: 'pids',
    flags: ['--pids-limit', '-1'],
    resources: { pids: { limit: -1 } },
    files: { 1: 'pids.max', 2: 'pids.max' },
    value: { 1: 'max', 2: 'max' },
  },
  {
    controller: 'cpu',
    flags: ['--cpu-share', '200'],
    resources: { cpu: { shares: 200 } },
    files: { 1: 'cpu.shares', 2: 'cpu.weight' },
    value: { 1: '200', 2: '8' },
  },
  {
    controller: 'cpu',
    flags: ['--cpu-period', '50000', '--cpu-quota', '25000'],
    resources: { cpu: { period: 50000, quota: 25000 } },
    files: { 1: 'cpu.cfs_quota_us', 2: 'cpu.max' },
    value: { 1: '25000', 2: '25000 50000' },
  },
  {
    controller: 'cpuset',
    flags: ['--cpuset-cpus', '0', '--cpuset-mems', '0'],
    resources: { cpu: { cpus: '0', mems: '0' } },
    files: { 1: 'cpuset.cpus', 2: 'cpuset.cpus' },
    value: { 1: '0', 2: '0' },
  },
]
const first = { memory: { limit: 64 * MB }, pids: { limit: 20 }, cpu: { shares: 512 } }

for (const { controller, flags, resources, files, value } of changes) {
  const { version } = hierarchyOf(controller) ?? { version: 1 }
  const skip = without(controller)
  conform(
    `update ${flags.join(' ')}`,
    (t, box) => {
      up(box, first)
      const { status, stderr } = box.call(['update', ...flags, box.id])
      t.equal(status, 0, stderr)
      t.equal(valueOf(box, controller, files), value[version])
    },
    { skip },
  )
  conform(
    `update --resources - with ${JSON.stringify(resources)}`,
    (t, box) => {
      up(box, first)
      const input = JSON.stringify(resources)
      const { status, stderr } = box.call(['update', '--resources', '-', box.id], { input })
      t.equal(status, 0, stderr)
      t.equal(valueOf(box, controller, files), value[version])
    },
    { skip },
  )
}

conform(
  'update leaves alone what it does not name',
  (t, box) => {
    up(box, first)
    t.equal(box.call(['update', '--pids-limit', '30', box.id]).status, 0)
    const { version } = hierarchyOf('memory')!
    t.equal(valueOf(box, 'memory', memory), String(64 * MB))
    const shares = { 1: 'cpu.shares', 2: 'cpu.weight' }
    t.equal(valueOf(box, 'cpu', shares), version === 1 ? '512' : '20')
  },
  { skip: without('memory') },
)

conform(
  'update raises both of memory and swap, in the order the kernel wants',
  (t, box) => {
    up(box, { memory: { limit: 32 * MB, swap: 32 * MB } })
    for (const [limit, swap] of [
      ['64M', '64M'],
      ['16M', '32M'],
      ['128M', '-1'],
      ['-1', '-1'],
      ['8M', '8M'],
    ] as const) {
      const { status, stderr } = box.call([
        'update',
        '--memory',
        limit,
        '--memory-swap',
        swap,
        box.id,
      ])
      t.equal(status, 0, `${limit} ${swap}: ${stderr}`)
    }
    t.equal(valueOf(box, 'memory', memory), String(8 * MB))
  },
  { skip: without('memory') },
)

conform(
  'update of a created and of a paused container',
  (t, box) => {
    box.config.process.args = ['sleep', '100']
    box.create()
    t.equal(box.call(['update', '--pids-limit', '40', box.id]).status, 0)
    box.start()
    box.call(['pause', box.id])
    t.equal(box.call(['update', '--pids-limit', '41', box.id]).status, 0)
    t.equal(valueOf(box, 'pids', { 1: 'pids.max', 2: 'pids.max' }), '41')
    t.equal(box.stateNow()?.status, 'paused', 'still paused')
    box.call(['resume', box.id])
  },
  { skip: without('pids') },
)

conform(
  'update --resources FILE',
  (t, box) => {
    up(box, first)
    const file = join(box.directory, 'resources.json')
    writeFileSync(file, JSON.stringify({ pids: { limit: 44 } }))
    t.equal(box.call(['update', '-r', file, box.id]).status, 0)
    t.equal(valueOf(box, 'pids', { 1: 'pids.max', 2: 'pids.max' }), '44')
    for (const text of ['', '{', '[]', '{"pids":{"limit":"many"}}']) {
      writeFileSync(file, text)
      t.not(box.call(['update', '-r', file, box.id]).status, 0, text)
    }
    t.not(box.call(['update', '-r', '/no/such/file', box.id]).status, 0)
    t.equal(valueOf(box, 'pids', { 1: 'pids.max', 2: 'pids.max' }), '44')
  },
  { skip: without('pids'), differs: { runc: '1.1 takes some of them', crun: 'the same' } },
)

for (const [name, flags] of [
  ['a limit that is no number', ['--memory', 'many']],
  ['CPUs that do not exist', ['--cpuset-cpus', '4000']],
  ['an unknown flag', ['--colour', '1']],
] as const) {
  conform(`update refuses ${name}`, (t, box) => {
    up(box, first)
    t.not(box.call(['update', ...flags, box.id]).status, 0)
    t.equal(box.stateNow()?.status, 'running')
    t.equal(valueOf(box, 'memory', memory), String(64 * MB))
  })
}

conform(
  'update of a stopped and of no container',
  (t, box) => {
    box.create()
    box.start()
    t.ok(box.becomes('stopped'))
    t.not(box.call(['update', '--pids-limit', '4', box.id]).status, 0)
    t.not(box.call(['update', '--pids-limit', '4', 'no-such-container']).status, 0)
  },
  { differs: { runc: '1.1 updates what is left of it', crun: 'the same' } },
)

const noEvents = { differs: { crun: 'has no such command' } }

conform(
  'events --stats',
  (t, box) => {
    up(box, first)
    const { status, stdout, stderr } = box.call(['events', '--stats', box.id])
    t.equal(status, 0, stderr)
    t.equal(stdout.trim().split('\n').length, 1, 'one line')
    const event = JSON.parse(stdout)
    t.match(event, {
      type: 'stats',
      id: box.id,
      data: {
        cpu: { usage: { total: Number, kernel: Number, user: Number }, throttling: Object },
        memory: { usage: { usage: Number, limit: 64 * MB, max: Number }, raw: Object },
        pids: { current: 1, limit: 20 },
      },
    })
    t.ok(event.data.memory.usage.usage > 0)
  },
  noEvents,
)

conform(
  'events: again and again, until the container ends',
  (t, box) => {
    up(box, first)
    const child = box.launch(['events', '--interval', '100ms', box.id])
    pause(1200)
    box.kill('KILL')
    const hasEnded = (): boolean => /^$|\) Z/.test(textOf(`/proc/${child.pid}/stat`))
    t.ok(until(hasEnded), 'it ends by itself')
    child.kill('SIGKILL')
    const text = readFileSync(join(box.directory, 'launch-3.out'), 'utf8')
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    t.ok(lines.length >= 3, `${lines.length} lines`)
    t.ok(lines.every((line) => line.type === 'stats' && line.id === box.id))
  },
  noEvents,
)

conform(
  'events: out of memory',
  (t, box) => {
    box.config.process.args = [
      '/bin/sh',
      '-c',
      'sleep 1; dd if=/dev/zero of=/dev/null bs=64M count=1; sleep 1; exit 0',
    ]
    box.config.linux['resources'] = { memory: { limit: 8 * MB, swap: 8 * MB } }
    box.create()
    box.start()
    const child = box.launch(['events', '--interval', '10s', box.id])
    t.ok(box.becomes('stopped'))
    const said = join(box.directory, 'launch-3.out')
    until(() => textOf(said).includes('oom'))
    child.kill('SIGKILL')
    t.match(textOf(said), /"type":"oom"/)
  },
  { ...noEvents, skip: without('memory') },
)

for (const interval of ['0s', '-1s', 'x']) {
  conform(
    `events refuses the interval ${interval}`,
    (t, box) => {
      up(box)
      const { status } = box.call(['events', `--interval=${interval}`, box.id])
      t.ok(status > 0, 'an error, no hang')
    },
    noEvents,
  )
}

conform(
  'events of a stopped and of no container',
  (t, box) => {
    box.create()
    box.start()
    t.ok(box.becomes('stopped'))
    t.not(box.call(['events', '--stats', box.id]).status, 0)
    t.not(box.call(['events', '--stats', 'no-such-container']).status, 0)
  },
  noEvents,
)

/** docker sends every number that it knows; 0 is one that is to stay as it is. */
const dockerSends = (memory: object, cpu: object): string =>
  JSON.stringify({
    memory: { limit: 0, reservation: 0, kernel: 0, ...memory },
    cpu: { shares: 0, quota: 0, period: 0, cpus: '', mems: '', ...cpu },
    blockIO: { weight: 0 },
  })

conform(
  'what docker sends again and again',
  (t, box) => {
    up(box, { memory: { limit: 100 * MB, swap: 200 * MB } })
    const file = join(box.directory, 'resources.json')
    const send = (text: string): void => {
      writeFileSync(file, text)
      const { status, stderr } = box.call(['update', '--resources', file, box.id])
      t.equal(status, 0, stderr)
    }
    send(dockerSends({ limit: 64 * MB, swap: 64 * MB }, {}))
    send(dockerSends({}, { quota: 30000, period: 100000 }))
    send(dockerSends({}, { shares: 77 }))
    t.equal(valueOf(box, 'memory', memory), String(64 * MB))
    const quota = { 1: 'cpu.cfs_quota_us', 2: 'cpu.max' }
    t.match(valueOf(box, 'cpu', quota), /^30000/)
    t.equal(box.call(['exec', box.id, 'true']).status, 0)
  },
  { skip: without('memory') ?? without('cpu') },
)
