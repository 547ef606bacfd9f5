import t from 'tap'
import type { Linux } from '../../../spec/types.ts'
import { planDevices } from '../devices/plan.ts'
import { bitsOf, quotaPerSecond } from './conversions.ts'
import { deviceProperties } from './devices.ts'
import { planSystemd } from './plan.ts'
import { INFINITY, type Property } from './property.ts'

const planFor = (linux: Linux, annotations = {}, mode: 'v1' | 'v2' = 'v2', user = true) =>
  planSystemd({ ociVersion: '1.3.0', linux, annotations }, 'c1', mode, planDevices([]), {
    user,
    cgroup: user ? '/user.slice/user@5.service' : '/',
  })

const values = (properties: readonly Property[]) =>
  Object.fromEntries(properties.map(({ name, value }) => [name, value]))

t.test('limits in cgroup v2', async (t) => {
  for (const [resources, late] of [
    [{ memory: { limit: 64 } }, { MemoryMax: 64n }],
    [{ memory: { limit: -1 } }, { MemoryMax: INFINITY, MemorySwapMax: INFINITY }],
    [{ memory: { limit: 64, swap: 96 } }, { MemoryMax: 64n, MemorySwapMax: 32n }],
    [{ memory: { reservation: 5 } }, { MemoryLow: 5n }],
    [{ cpu: { idle: 1, shares: 5 } }, { CPUWeight: 0n }],
    [{ cpu: { quota: -1 } }, { CPUQuotaPerSecUSec: INFINITY }],
    [
      { cpu: { quota: 25500, period: 50000 } },
      { CPUQuotaPeriodUSec: 50000n, CPUQuotaPerSecUSec: 510000n },
    ],
    [{ blockIO: { weight: 500 } }, { IOWeight: 4950n }],
    [{ blockIO: { weight: 0 } }, {}],
    [{ unified: { 'io.weight': 'default 200' } }, { IOWeight: 200n }],
    [{ unified: { 'io.weight': '8:0 200' } }, {}],
    [{ pids: { limit: 0 } }, { TasksMax: 1n }],
    [{ pids: { limit: -1 } }, { TasksMax: INFINITY }],
    [
      { unified: { 'memory.high': '5', 'memory.min': 'max', 'cpu.max': 'max', 'io.max': '8:0 x' } },
      {
        MemoryHigh: 5n,
        MemoryMin: INFINITY,
        CPUQuotaPeriodUSec: 100000n,
        CPUQuotaPerSecUSec: INFINITY,
      },
    ],
    [
      { unified: { 'pids.max': '7', 'cpu.weight': 'nonsense', 'cpu.idle': '1' } },
      { TasksMax: 7n, CPUWeight: 0n },
    ],
  ] as const) {
    t.same(values(planFor({ resources }).late), late, JSON.stringify(resources))
  }
})

t.test('limits in cgroup v1', async (t) => {
  const { late } = planFor({ resources: { memory: { limit: 64 }, cpu: { shares: 512 } } }, {}, 'v1')
  t.same(values(late), { MemoryLimit: 64n, CPUShares: 512n })
})

t.test('CPUs and memory nodes come first', async (t) => {
  const { properties, path } = planFor({ resources: { cpu: { cpus: '0-1,9', mems: '0' } } })
  t.match(values(properties), {
    AllowedCPUs: Uint8Array.of(3, 2),
    AllowedMemoryNodes: Uint8Array.of(1),
    Slice: 'user.slice',
    Delegate: true,
    DefaultDependencies: false,
  })
  t.equal(path, '/user.slice/user@5.service/user.slice/tsrun-c1.scope')
})

t.test('a slice is no scope', async (t) => {
  const { isScope, properties } = planFor({ cgroupsPath: 'a.slice::a-b.slice' })
  t.equal(isScope, false)
  t.notOk('Delegate' in values(properties))
})

t.test('conversions', async (t) => {
  t.same(bitsOf('0'), Uint8Array.of(1))
  t.same(bitsOf('7-8,17'), Uint8Array.of(128, 1, 2))
  t.equal(quotaPerSecond(1001n, 100_000n), 20_000n, 'rounds up to a whole percentage')
  t.equal(quotaPerSecond(1000n, 100_000n), 10_000n)
})

t.test('annotations', async (t) => {
  const { properties } = planFor(
    {},
    {
      'org.systemd.property.TimeoutStopSec': '1.5',
      'org.systemd.property.CollectMode': `'inactive-or-failed'`,
      other: 'x',
    },
  )
  t.match(values(properties), { TimeoutStopUSec: 1_500_000n, CollectMode: 'inactive-or-failed' })
  for (const [name, value, message] of [
    ['org.systemd.property.A b', '1', /"A b" is not the name of a systemd property/],
    ['org.systemd.property.Foo', 'nonsense', /systemd property Foo: cannot read "nonsense"/],
  ] as const) {
    t.throws(() => planFor({}, { [name]: value }), { message, pointer: `/annotations/${name}` })
  }
})

t.test('devices', async (t) => {
  const deny = { allow: false, access: 'rwm' }
  const entries = (rules: Parameters<typeof planDevices>[0]) =>
    deviceProperties(planDevices(rules)).map(({ value }) => value)
  const [policy, none, list] = entries([
    deny,
    { allow: true, type: 'b', major: 8, access: 'r' },
    { allow: true, type: 'c', major: 10, minor: 229, access: 'rw' },
  ])
  t.equal(policy, 'strict')
  t.same(none, [])
  for (const entry of [
    ['block-8', 'r'],
    ['/dev/char/10:229', 'rw'],
    ['char-*', 'm'],
  ]) {
    t.ok(
      (list as string[][]).some((one) => one.join() === entry.join()),
      entry.join(' '),
    )
  }
  t.same(entries([{ allow: true, access: 'rwm' }]), ['auto', []])
  const anyMajor = { allow: true, type: 'c', minor: 7, access: 'rw' } as const
  t.same(entries([deny, anyMajor]), ['auto', []], 'what systemd cannot say it does not forbid')
  t.equal(values(planFor({}).late)['DevicePolicy'], undefined, 'users may not filter devices')
  t.equal(values(planFor({}, {}, 'v2', false).late)['DevicePolicy'], 'strict')
})
