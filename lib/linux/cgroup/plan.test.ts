import t from 'tap'
import type { Config, Linux } from '../../spec/types.ts'
import type { Hierarchy, Layout } from './layout.ts'
import { planCgroup } from './plan.ts'

const v1 = (name: string, root = '/'): Hierarchy => ({
  version: 1,
  controllers: name.split(','),
  mountpoint: `/sys/fs/cgroup/${name}`,
  root,
})
const unified = (mountpoint: string): Hierarchy => ({
  version: 2,
  controllers: [''],
  mountpoint,
  root: '/',
})
const HYBRID: Layout = {
  mode: 'hybrid',
  hierarchies: [v1('memory'), v1('devices'), unified('/sys/fs/cgroup/unified')],
}
const V2: Layout = { mode: 'v2', hierarchies: [unified('/sys/fs/cgroup')] }

const config = (linux: Linux): Config => ({ ociVersion: '1.3.0', linux })
const rootful = { systemd: false, rootless: false } as const

t.test('directories', async (t) => {
  for (const [layout, own, cgroupsPath, expected] of [
    [
      HYBRID,
      { memory: '/a/b', devices: '/' },
      undefined,
      ['memory/a/b/id', 'devices/id', 'unified/id'],
    ],
    [HYBRID, { memory: '/a/b' }, 'x/y', ['memory/a/b/x/y', 'devices/x/y', 'unified/x/y']],
    [HYBRID, { memory: '/a/b' }, '/x/y/', ['memory/x/y', 'devices/x/y', 'unified/x/y']],
    [HYBRID, { memory: '/a' }, '../../x', ['memory/a/x', 'devices/x', 'unified/x']],
    [HYBRID, { memory: '/a' }, '/x/../../../y', ['memory/y', 'devices/y', 'unified/y']],
    [V2, { '': '/' }, undefined, ['id']],
    [V2, { '': '/user.slice/s.scope' }, undefined, ['user.slice/id']],
    [V2, { '': '/user.slice/s.scope' }, 'x/y', ['user.slice/x/y']],
    [V2, { '': '/user.slice/s.scope' }, '/x/y', ['x/y']],
    [V2, { '': '/../outside' }, undefined, ['id']],
  ] as const) {
    const plan = planCgroup(
      config(cgroupsPath === undefined ? {} : { cgroupsPath }),
      'id',
      layout,
      own,
      rootful,
    )
    t.same(
      plan.places.map(({ path }) => path),
      expected.map((path) => `/sys/fs/cgroup/${path}`),
      `${layout.mode} ${JSON.stringify(own)} ${cgroupsPath}`,
    )
  }
})

t.test('below a mount that shows a part of the hierarchy', async (t) => {
  const layout: Layout = { mode: 'v1', hierarchies: [v1('devices', '/docker/abc')] }
  const path = (devices: string) =>
    planCgroup(config({}), 'id', layout, { devices }, rootful).places[0]?.path
  t.equal(path('/docker/abc/x'), '/sys/fs/cgroup/devices/x/id')
  t.equal(path('/docker/abc'), '/sys/fs/cgroup/devices/id')
  t.equal(path('/elsewhere'), '/sys/fs/cgroup/devices/id')
})

t.test('refusals', async (t) => {
  const only = (name: string): Layout => ({ mode: 'v1', hierarchies: [v1(name)] })
  for (const [linux, layout, options, message] of [
    [{ cgroupsPath: '/' }, V2, rootful, /root of the hierarchy/],
    [{ cgroupsPath: '/..' }, V2, rootful, /root of the hierarchy/],
    [{}, only('memory'), rootful, /no cgroup hierarchy with the devices controller/],
    [
      { resources: { pids: { limit: 1 } } },
      only('devices'),
      rootful,
      /set pids limit: no cgroup hierarchy with the pids controller/,
    ],
    [
      { cgroupsPath: '/a' },
      V2,
      { systemd: { user: false, cgroup: '/' }, rootless: false },
      /is not of the form slice:prefix:name/,
    ],
  ] as const) {
    t.throws(() => planCgroup(config(linux), 'id', layout, {}, options), { message })
  }
})

t.test('a user without cgroups of its own gets along without one', async (t) => {
  const rootless = { systemd: false, rootless: true } as const
  const dispensable = (linux: Linux) =>
    planCgroup(config(linux), 'id', V2, { '': '/' }, rootless).dispensable
  t.equal(dispensable({}), true)
  t.equal(dispensable({ resources: { pids: { limit: -1 }, cpu: { quota: -1 } } }), true)
  t.equal(dispensable({ cgroupsPath: '/a' }), false)
  t.equal(dispensable({ resources: { pids: { limit: 1 } } }), false)
  t.equal(planCgroup(config({}), 'id', V2, { '': '/' }, rootful).dispensable, false)
})

t.test('what must be in force before a process joins comes early', async (t) => {
  const linux = { resources: { cpu: { cpus: '0', shares: 2 }, memory: { limit: 4096 } } }
  const { early, late } = planCgroup(config(linux), 'id', V2, { '': '/' }, rootful)
  t.same(
    early.map(({ directory, file, value }) => [directory, file, value]),
    [['/sys/fs/cgroup/id', 'cpuset.cpus', '0']],
  )
  t.same(
    late.map(({ file, value }) => [file, value]),
    [
      ['cpu.weight', '1'],
      ['memory.max', '4096'],
    ],
  )
})
