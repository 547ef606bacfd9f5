/** config-linux.md#cgroups-path and #control-groups: where the container is, and that its limits bite. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'
import { cgroupsOf, hierarchyOf } from './harness/cgroups.ts'
import type { Box } from './harness/box.ts'

const without = (controller: string): string | undefined =>
  hierarchyOf(controller) ? undefined : `no ${controller} controller on this host`

const valueOf = (box: Box, controller: string, files: { 1: string; 2: string }): string => {
  const { root, version } = hierarchyOf(controller)!
  return readFileSync(join(root, box.config.linux.cgroupsPath!, files[version]), 'utf8').trim()
}

interface Limit {
  readonly controller: string
  readonly resources: object
  readonly files: { readonly 1: string; readonly 2: string }
  readonly value: { readonly 1: string; readonly 2: string | RegExp }
}

const exactly = (value: string | RegExp): RegExp =>
  value instanceof RegExp ? value : new RegExp(`^${value}$`)

const MB64 = String(64 * 1024 * 1024)
const limits: readonly Limit[] = [
  {
    controller: 'memory',
    resources: { memory: { limit: Number(MB64) } },
    files: { 1: 'memory.limit_in_bytes', 2: 'memory.max' },
    value: { 1: MB64, 2: MB64 },
  },
  {
    controller: 'memory',
    resources: { memory: { limit: 2 * Number(MB64), reservation: Number(MB64) } },
    files: { 1: 'memory.soft_limit_in_bytes', 2: 'memory.low' },
    value: { 1: MB64, 2: MB64 },
  },
  {
    controller: 'pids',
    resources: { pids: { limit: 17 } },
    files: { 1: 'pids.max', 2: 'pids.max' },
    value: { 1: '17', 2: '17' },
  },
  {
    controller: 'pids',
    resources: { pids: { limit: -1 } },
    files: { 1: 'pids.max', 2: 'pids.max' },
    value: { 1: 'max', 2: 'max' },
  },
  {
    controller: 'cpu',
    resources: { cpu: { shares: 512 } },
    files: { 1: 'cpu.shares', 2: 'cpu.weight' },
    // Older runtimes convert along a line, newer ones along a curve.
    value: { 1: '512', 2: /^(20|59)$/ },
  },
  {
    controller: 'cpu',
    resources: { cpu: { quota: 50000, period: 100000 } },
    files: { 1: 'cpu.cfs_quota_us', 2: 'cpu.max' },
    value: { 1: '50000', 2: '50000 100000' },
  },
  {
    controller: 'cpuset',
    resources: { cpu: { cpus: '0', mems: '0' } },
    files: { 1: 'cpuset.cpus', 2: 'cpuset.cpus' },
    value: { 1: '0', 2: '0' },
  },
  {
    controller: 'blkio',
    resources: { blockIO: { weight: 200 } },
    files: { 1: 'blkio.bfq.weight', 2: 'io.bfq.weight' },
    value: { 1: '200', 2: '200' },
  },
]
for (const { controller, resources, files, value } of limits) {
  conform(
    `limit ${JSON.stringify(resources)}`,
    (t, box) => {
      const { root, version } = hierarchyOf(controller)!
      if (!existsSync(join(root, files[version])) && controller === 'blkio') {
        t.pass('no bfq scheduler on this host')
        return
      }
      box.config.linux['resources'] = resources
      box.config.process.args = ['sleep', '100']
      const { status, stderr } = box.create()
      t.equal(status, 0, stderr)
      t.match(valueOf(box, controller, files), exactly(value[version]))
    },
    { skip: without(controller) },
  )
}

conform('the path is the one of the config', (t, box) => {
  box.config.linux.cgroupsPath = `/${box.id}-parent/child`
  box.config.process.args = ['sleep', '100']
  t.equal(box.create().status, 0)
  const { pid } = box.stateNow()!
  t.match(readFileSync(`/proc/${pid}/cgroup`, 'utf8'), `:/${box.id}-parent/child\n`)
  t.equal(box.delete('--force').status, 0)
  t.strictSame(
    cgroupsOf(box.id).filter((path) => path.endsWith('child')),
    [],
    'removed',
  )
  // Whoever named the parent owns it: whether it stays is the runtime's choice.
})

conform('without a path it has one of its own', (t, box) => {
  delete box.config.linux.cgroupsPath
  box.config.process.args = ['sleep', '100']
  const { status, stderr } = box.create()
  t.equal(status, 0, stderr)
  const { pid } = box.stateNow()!
  t.match(readFileSync(`/proc/${pid}/cgroup`, 'utf8'), box.id)
})

conform('a relative path', (t, box) => {
  box.config.linux.cgroupsPath = box.id
  box.config.process.args = ['sleep', '100']
  const { status, stderr } = box.create()
  t.equal(status, 0, stderr)
  t.match(readFileSync(`/proc/${box.stateNow()!.pid}/cgroup`, 'utf8'), box.id)
})

conform('a path that leads out is kept in', (t, box) => {
  box.config.linux.cgroupsPath = `/../../../${box.id}`
  const { status } = box.create()
  t.ok(status === 0 || status === 1)
  t.notOk(existsSync(`/${box.id}`))
  t.notOk(existsSync(`/sys/${box.id}`))
})

conform(
  'pids: the limit bites',
  (t, box) => {
    box.config.linux['resources'] = { pids: { limit: 5 } }
    const { stdout, stderr } = box.sh('for i in 1 2 3 4 5 6 7 8 9; do sleep 1 & done; echo done')
    t.match(stderr, /can't fork|unavailable/i, stdout)
  },
  { skip: without('pids') },
)

conform(
  'memory: the limit bites',
  (t, box) => {
    box.config.linux['resources'] = { memory: { limit: 8 * 1024 * 1024, swap: 8 * 1024 * 1024 } }
    const { status } = box.sh('dd if=/dev/zero of=/dev/null bs=64M count=1 2>/dev/null; exit $?')
    t.not(status, 0)
  },
  { skip: without('memory') },
)

conform(
  'cpu: the quota bites',
  (t, box) => {
    box.config.linux['resources'] = { cpu: { quota: 2000, period: 20_000 } }
    box.config.mounts.push({
      destination: '/sys/fs/cgroup',
      type: 'cgroup',
      source: 'cgroup',
      options: ['ro'],
    })
    const stat = hierarchyOf('cpu')!.version === 1 ? 'cpu/cpu.stat' : 'cpu.stat'
    const { stdout, stderr } = box.sh(
      `i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done; cat /sys/fs/cgroup/${stat}`,
    )
    t.match(stdout, /nr_throttled [1-9]/, stderr)
  },
  { skip: without('cpu') },
)

conform(
  'memory: below what anything needs is an error, not a hang',
  (t, box) => {
    box.config.linux['resources'] = { memory: { limit: 4096 } }
    const { status } = box.sh('true')
    t.not(status, 0)
    t.not(status, -1, 'no hang')
    t.equal(box.stateNow(), undefined)
  },
  { skip: without('memory') },
)

for (const [name, resources] of [
  ['a device rule without access', { devices: [{ allow: true, type: 'c', access: 'xyz' }] }],
  ['an invalid cpuset', { cpu: { cpus: 'none' } }],
  ['an invalid CPU period', { cpu: { period: 1, quota: 1 } }],
] as const) {
  conform(
    `refused: ${name}`,
    (t, box) => {
      box.config.linux['resources'] = resources
      t.not(box.create().status, 0)
      t.equal(box.stateNow(), undefined)
    },
    { skip: without('cpuset') },
  )
}

conform('two containers in one cgroup', (t, box) => {
  box.config.process.args = ['sleep', '100']
  box.create()
  box.save()
  const second = box.call(['create', '--bundle', box.bundle, `${box.id}-second`])
  t.ok(second.status === 0 || second.status === 1, second.stderr)
  box.call(['delete', '--force', `${box.id}-second`])
  t.equal(box.stateNow()?.status, 'created', 'the first one is not harmed')
})
