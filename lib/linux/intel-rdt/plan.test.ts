import t from 'tap'
import { planRdt } from './plan.ts'
import { findMount } from './resctrl.ts'
import { isInForce } from './schemata.ts'

t.equal(planRdt(undefined, 'web'), undefined, 'no intelRdt: resctrl is never touched')

const none = { schemas: [], schemata: [] }

const plans = [
  ['a group of its own', {}, { group: 'web', kind: 'own', ...none }],
  ['a class that somebody made', { closID: 'gold' }, { group: 'gold', kind: 'given', ...none }],
  ['the default class', { closID: '/' }, { group: '', kind: 'given', ...none }],
  [
    'a class with a schema is made where it is missing',
    { closID: 'gold', memBwSchema: 'MB:0=50' },
    { group: 'gold', kind: 'shared', schemas: ['MB:0=50'], schemata: [] },
  ],
  [
    'schemata are written after the schemas',
    { schemata: ['L2:0=1'], l3CacheSchema: 'L3:0=f' },
    { group: 'web', kind: 'own', schemas: ['L3:0=f'], schemata: ['L2:0=1'] },
  ],
  [
    'bandwidth in the cache schema',
    { l3CacheSchema: 'L3:0=f\nMB:0=20\n' },
    { group: 'web', kind: 'own', schemas: ['L3:0=f', 'MB:0=20'], schemata: [] },
  ],
  [
    'unless it has a property of its own',
    { l3CacheSchema: 'L3:0=f\nMB:0=20', memBwSchema: 'MB:0=50' },
    { group: 'web', kind: 'own', schemas: ['L3:0=f', 'MB:0=50'], schemata: [] },
  ],
  [
    'monitoring',
    { closID: '/', enableMonitoring: true },
    { group: '', kind: 'given', ...none, monitor: 'web' },
  ],
  [
    'monitoring, before 1.3',
    { enableCMT: true },
    { group: 'web', kind: 'own', ...none, monitor: 'web' },
  ],
] as const

for (const [name, config, plan] of plans) t.strictSame(planRdt(config as object, 'web'), plan, name)

const current = '    L3:0=fffff;1=00ff0\n    MB:0=100;1= 50\n'
for (const [line, answer] of [
  ['L3:0=fffff;1=ff0', true],
  ['L3:1=0x0FF0', true],
  ['L3: 1 = ff0 ; 0 = fffff', true],
  ['MB:1=50', true],
  ['MB:1=050', false],
  ['L3:0=ffff', false],
  ['L3:2=fffff', false],
  ['L2:0=1', false],
] as const) {
  t.equal(isInForce(line, current), answer, line)
}

t.equal(
  findMount('29 23 0:26 / /sys/fs/res\\040ctrl rw,relatime shared:9 - resctrl resctrl rw\n'),
  '/sys/fs/res ctrl',
)
t.equal(findMount('29 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n'), undefined)
