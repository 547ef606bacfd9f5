import t from 'tap'
import { planCgroupMount } from './mounts.ts'
import type { CgroupPlan } from './plan.ts'
import type { Place } from './places.ts'

const v1 = (name: string): Place => ({
  version: 1,
  controllers: name.split(','),
  mountpoint: `/sys/fs/cgroup/${name.replace('name=', '')}`,
  path: `/sys/fs/cgroup/${name.replace('name=', '')}/c`,
  own: `/sys/fs/cgroup/${name.replace('name=', '')}/own`,
})
const v2 = (mountpoint: string): Place => ({
  version: 2,
  controllers: [''],
  mountpoint,
  path: `${mountpoint}/c`,
  own: `${mountpoint}/own`,
})
const directory = (path: string) => ({
  path: `/sys/fs/cgroup/${path}`,
  instead: `/sys/fs/cgroup/${path.replace(/c$/, 'own')}`,
})

type Plan = Pick<CgroupPlan, 'mode' | 'places'>
const HYBRID: Plan = {
  mode: 'hybrid',
  places: [v1('cpu,cpuacct'), v1('name=systemd'), v2('/sys/fs/cgroup/unified')],
}
const V2: Plan = { mode: 'v2', places: [v2('/sys/fs/cgroup')] }
const WHOLE = { path: '/sys/fs/cgroup', instead: '/sys/fs/cgroup/own' }

const links = [
  { kind: 'symlink', target: '/cg/cpu', source: 'cpu,cpuacct' },
  { kind: 'symlink', target: '/cg/cpuacct', source: 'cpu,cpuacct' },
]

t.test('what a container sees', async (t) => {
  for (const [name, plan, hasNamespace, expected] of [
    [
      'v1, bound',
      HYBRID,
      false,
      [
        { kind: 'tmpfs', target: '/cg', data: 'mode=755' },
        { kind: 'bind', target: '/cg/cpu,cpuacct', source: directory('cpu,cpuacct/c') },
        { kind: 'bind', target: '/cg/systemd', source: directory('systemd/c') },
        ...links,
      ],
    ],
    [
      'v1, mounted',
      HYBRID,
      true,
      [
        { kind: 'tmpfs', target: '/cg', data: 'mode=755' },
        { kind: 'cgroup', target: '/cg/cpu,cpuacct', data: 'cpu,cpuacct' },
        { kind: 'cgroup', target: '/cg/systemd', data: 'none,name=systemd' },
        ...links,
      ],
    ],
    ['v2', V2, false, [{ kind: 'cgroup2', target: '/cg', fallback: WHOLE }]],
    ['v2 own', V2, true, [{ kind: 'cgroup2', target: '/cg', fallback: directory('c') }]],
  ] as const) {
    t.same(planCgroupMount(plan, '/cg', hasNamespace), expected, name)
  }
})
