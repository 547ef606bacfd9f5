/** `update`: limits of a container that runs, by flag and as a document. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { Box } from './harness/box.ts'
import { cgroupsOf, hierarchyOf } from './harness/cgroups.ts'
import { conform } from './harness/conform.ts'

const start = (box: Box): void => {
  box.config.process.args = ['sleep', '60']
  box.create()
  box.start()
}

/** The control file of the container, of either version. */
const control = (box: Box, controller: string, v1: string, v2: string): string => {
  const { root, version } = hierarchyOf(controller)!
  const directory = cgroupsOf(box.id).find(
    (path) => path.startsWith(`${root}/`) && existsSync(join(path, version === 1 ? v1 : v2)),
  )
  return readFileSync(join(directory!, version === 1 ? v1 : v2), 'utf8').trim()
}

interface Case {
  readonly flags: readonly string[]
  readonly controller: string
  readonly v1: readonly [file: string, value: string]
  readonly v2: readonly [file: string, value: string]
}

const cases: readonly Case[] = [
  {
    flags: ['--pids-limit', '30'],
    controller: 'pids',
    v1: ['pids.max', '30'],
    v2: ['pids.max', '30'],
  },
  {
    flags: ['--pids-limit', '-1'],
    controller: 'pids',
    v1: ['pids.max', 'max'],
    v2: ['pids.max', 'max'],
  },
  {
    flags: ['--memory', '32M'],
    controller: 'memory',
    v1: ['memory.limit_in_bytes', '33554432'],
    v2: ['memory.max', '33554432'],
  },
  {
    flags: ['--memory-reservation', '16m'],
    controller: 'memory',
    v1: ['memory.soft_limit_in_bytes', '16777216'],
    v2: ['memory.low', '16777216'],
  },
  {
    flags: ['--memory', '32M', '--memory-swap', '64M'],
    controller: 'memory',
    v1: ['memory.memsw.limit_in_bytes', '67108864'],
    v2: ['memory.swap.max', '33554432'],
  },
  {
    flags: ['--memory', '-1'],
    controller: 'memory',
    v1: ['memory.memsw.limit_in_bytes', '9223372036854771712'],
    v2: ['memory.max', 'max'],
  },
  {
    flags: ['--cpu-share', '512'],
    controller: 'cpu',
    v1: ['cpu.shares', '512'],
    v2: ['cpu.weight', '59'],
  },
  {
    flags: ['--cpu-period', '50000', '--cpu-quota', '25000'],
    controller: 'cpu',
    v1: ['cpu.cfs_quota_us', '25000'],
    v2: ['cpu.max', '25000 50000'],
  },
  {
    flags: ['--cpu-quota', '10000'],
    controller: 'cpu',
    v1: ['cpu.cfs_period_us', '50000'],
    v2: ['cpu.max', '10000 50000'],
  },
  {
    flags: ['--cpu-quota', '-1'],
    controller: 'cpu',
    v1: ['cpu.cfs_quota_us', '-1'],
    v2: ['cpu.max', 'max 50000'],
  },
  {
    flags: ['--cpuset-cpus', '0'],
    controller: 'cpuset',
    v1: ['cpuset.cpus', '0'],
    v2: ['cpuset.cpus', '0'],
  },
  {
    flags: ['--cpuset-mems', '0'],
    controller: 'cpuset',
    v1: ['cpuset.mems', '0'],
    v2: ['cpuset.mems', '0'],
  },
]

const check = (t: Test, box: Box, { flags, controller, v1, v2 }: Case): void => {
  const { version } = hierarchyOf(controller)!
  const { status, stderr } = box.call(['update', ...flags, box.id])
  t.equal(status, 0, `${flags.join(' ')} ${stderr}`)
  t.equal(control(box, controller, v1[0], v2[0]), version === 1 ? v1[1] : v2[1], flags.join(' '))
}

conform('update, one flag after the other', (t, box) => {
  start(box)
  for (const one of cases.filter(({ controller }) => hierarchyOf(controller))) check(t, box, one)
})

const document = (box: Box, resources: unknown, file?: string): number => {
  const text = JSON.stringify(resources)
  if (file !== undefined) writeFileSync(file, text)
  return box.call(['update', '--resources', file ?? '-', box.id], { input: text }).status
}

const needsPids = { skip: hierarchyOf('pids') === undefined && 'needs the pids controller' }

conform(
  'update --resources, from standard input and from a file',
  (t, box) => {
    start(box)
    t.equal(document(box, { pids: { limit: 21 } }), 0)
    t.equal(control(box, 'pids', 'pids.max', 'pids.max'), '21')
    t.equal(document(box, { pids: { limit: 22 } }, join(box.directory, 'limits.json')), 0)
    t.equal(control(box, 'pids', 'pids.max', 'pids.max'), '22')
  },
  needsPids,
)

conform(
  'zeros and empty strings change nothing',
  (t, box) => {
    start(box)
    t.equal(document(box, { pids: { limit: 23 } }), 0)
    const zeros = {
      memory: { limit: 0, reservation: 0, swap: 0 },
      cpu: { shares: 0, quota: 0, period: 0, cpus: '', mems: '' },
      blockIO: { weight: 0 },
    }
    t.equal(document(box, zeros), 0)
    t.equal(document(box, {}), 0)
    t.equal(control(box, 'pids', 'pids.max', 'pids.max'), '23')
  },
  needsPids,
)

conform('what update refuses', (t, box) => {
  start(box)
  const refused = [
    ['--memory', '10x'],
    ['--cpu-quota', 'much'],
    ['--resources', join(box.directory, 'none.json')],
  ]
  for (const flags of refused) {
    t.equal(box.call(['update', ...flags, box.id]).status, 1, flags.join(' '))
  }
  t.equal(box.call(['update', '--resources', '-', box.id], { input: '[]' }).status, 1)
  box.kill('KILL')
  t.equal(box.becomes('stopped'), true)
  const { status, stderr } = box.call(['update', '--pids-limit', '3', box.id])
  t.equal(status, 1)
  t.match(stderr, 'container not running')
})
