import {
  MOUNT_ATTR__ATIME,
  MOUNT_ATTR_NOATIME,
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NOEXEC,
  MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_RDONLY,
  MOUNT_ATTR_STRICTATIME,
  MS_PRIVATE,
  MS_SLAVE,
} from '../../sys/flags/mount.ts'
import type { Mount } from '../../spec/types.ts'
import { ignoredOptions, planMounts, type MountPlan } from './plan.ts'
import t from 'tap'

const plan = (mount: Partial<Mount>): MountPlan =>
  planMounts([{ destination: '/d', ...mount }], '/bundle')[0]!

t.test('what a mount does follows from its type and options', async (t) => {
  for (const [mount, action] of [
    [{ type: 'tmpfs' }, 'new'],
    [{ type: 'bind', source: '/s' }, 'bind'],
    [{ source: '/s', options: ['bind'] }, 'bind'],
    [{ type: 'none', source: '/s', options: ['rbind'] }, 'bind'],
    [{ type: 'tmpfs', options: ['remount', 'ro'] }, 'remount'],
    [{ options: ['bind', 'remount', 'ro'] }, 'bind-remount'],
    [{ options: ['rslave'] }, 'propagation'],
    [{ type: 'none', options: ['private'] }, 'propagation'],
    [{ type: 'cgroup', options: ['ro'] }, 'cgroup'],
    [{ type: 'cgroup2' }, 'cgroup'],
  ] as const) {
    t.equal(plan(mount as Partial<Mount>).action, action, JSON.stringify(mount))
  }
})

t.test('options become attributes, a later one wins', async (t) => {
  for (const [options, change] of [
    [['ro'], { set: MOUNT_ATTR_RDONLY, clear: 0 }],
    [['ro', 'rw'], { set: 0, clear: MOUNT_ATTR_RDONLY }],
    [['rw', 'ro'], { set: MOUNT_ATTR_RDONLY, clear: 0 }],
    [
      ['nosuid', 'nodev', 'noexec'],
      { set: MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, clear: 0 },
    ],
    [['noatime'], { set: MOUNT_ATTR_NOATIME, clear: MOUNT_ATTR__ATIME }],
    [['noatime', 'strictatime'], { set: MOUNT_ATTR_STRICTATIME, clear: MOUNT_ATTR__ATIME }],
    [['strictatime', 'noatime'], { set: MOUNT_ATTR_STRICTATIME, clear: MOUNT_ATTR__ATIME }],
    [['strictatime', 'relatime'], { set: MOUNT_ATTR_STRICTATIME, clear: MOUNT_ATTR__ATIME }],
    [['noatime', 'relatime'], { set: MOUNT_ATTR_NOATIME, clear: MOUNT_ATTR__ATIME }],
    [['noatime', 'atime'], { set: 0, clear: MOUNT_ATTR__ATIME }],
    [['noatime', 'nostrictatime'], { set: MOUNT_ATTR_NOATIME, clear: MOUNT_ATTR__ATIME }],
    [['defaults', 'loud', 'silent'], { set: 0, clear: 0 }],
  ] as const) {
    t.same(
      plan({ type: 'bind', source: '/s', options: [...options] }).change,
      change,
      options.join(),
    )
  }
})

t.test('with r in front an option holds below, too', async (t) => {
  const { change, recursiveChange } = plan({
    type: 'bind',
    source: '/s',
    options: ['rro', 'nosuid', 'rnoexec'],
  })
  t.same(change, { set: MOUNT_ATTR_NOSUID, clear: 0 })
  t.same(recursiveChange, { set: MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOEXEC, clear: 0 })
})

t.test('with r in front it holds for a new file system, which has nothing below', async (t) => {
  const set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC
  const tmpfs = plan({ type: 'tmpfs', options: ['rro', 'rnosuid', 'noexec'] })
  t.same(tmpfs.change, { set, clear: MOUNT_ATTR_RDONLY })
  t.same(tmpfs.recursiveChange, { set: 0, clear: 0 })
  t.ok(tmpfs.readonlyLast)
  const proc = plan({ type: 'proc', options: ['rro'] })
  t.same(proc.change, { set: MOUNT_ATTR_RDONLY, clear: 0 })
  t.same(proc.parameters, [], 'its superblock is as it was')
  t.same(plan({ type: 'cgroup', options: ['rro'] }).change.set, MOUNT_ATTR_RDONLY)
  t.same(plan({ type: 'proc', options: ['rro', 'rw'] }).change.set, 0)
})

t.test('relatime and remount are not recursive forms of other options', async (t) => {
  t.same(plan({ type: 'tmpfs', options: ['relatime'] }).recursiveChange, { set: 0, clear: 0 })
  t.equal(plan({ type: 'tmpfs', options: ['remount'] }).action, 'remount')
})

t.test('propagation is kept in order', async (t) => {
  t.same(
    plan({ type: 'bind', source: '/s', options: ['rbind', 'rprivate', 'slave'] }).propagation,
    [
      { flag: MS_PRIVATE, recursive: true },
      { flag: MS_SLAVE, recursive: false },
    ],
  )
})

t.test('what is no mount option goes to the file system', async (t) => {
  t.same(
    plan({ type: 'tmpfs', options: ['nosuid', 'mode=755', 'size=64k', 'sync', 'huge'] }).parameters,
    [['mode', '755'], ['size', '64k'], ['sync'], ['huge']],
  )
  t.same(plan({ type: 'overlay', options: ['lowerdir=/a=b:/c'] }).parameters, [
    ['lowerdir', '/a=b:/c'],
  ])
  t.same(
    plan({ type: 'tmpfs', options: ['size=64k,mode=755', 'context="a:s0:c1,c2"', 'x=/a\\,b,y'] })
      .parameters,
    [['size', '64k'], ['mode', '755'], ['context', '"a:s0:c1,c2"'], ['x', '/a\\,b'], ['y']],
    'several in one, as mount(2) takes them',
  )
})

t.test(
  'a read-only file system is so in its superblock, but for what must be filled first',
  async (t) => {
    t.same(plan({ type: 'proc', options: ['ro'] }).parameters, [['ro']])
    for (const mount of [{ type: 'tmpfs' }, { type: 'devtmpfs', destination: '/dev' }]) {
      const { readonlyLast, parameters, change } = plan({ ...mount, options: ['ro'] })
      t.same(
        { readonlyLast, parameters, set: change.set },
        { readonlyLast: true, parameters: [], set: 0 },
      )
    }
  },
)

t.test('paths: sources are relative to the bundle, destinations to the root', async (t) => {
  t.equal(plan({ type: 'bind', source: 'data' }).source, '/bundle/data')
  t.equal(plan({ type: 'bind', source: '/data' }).source, '/data')
  t.equal(plan({ type: 'tmpfs', source: 'tmpfs' }).source, 'tmpfs')
  for (const [destination, expected] of [
    ['/a/../b/', '/b'],
    ['a', '/a'],
    ['/../../etc', '/etc'],
    ['/', '/'],
  ] as const) {
    t.equal(plan({ destination, type: 'tmpfs' }).destination, expected)
  }
})

t.test('id maps: asked for by option, or by giving them', async (t) => {
  const mappings = [{ containerID: 0, hostID: 1000, size: 1 }]
  t.equal(plan({ type: 'bind', source: '/s' }).idmap, undefined)
  t.same(plan({ type: 'bind', source: '/s', options: ['ridmap'] }).idmap, { recursive: true })
  t.same(plan({ type: 'bind', source: '/s', uidMappings: mappings, gidMappings: mappings }).idmap, {
    recursive: false,
    uidMappings: mappings,
    gidMappings: mappings,
  })
})

t.test('options that say nothing of a bind mount are told', async (t) => {
  const of = (options: string[], type = 'bind') =>
    ignoredOptions(planMounts([{ destination: '/a', type, source: '/b', options }], '/'))
  t.match(of(['rbind', 'ro', 'colour', 'size=1m']), [/"colour"/, /"size"/])
  t.same(of(['rbind', 'rro', 'defaults', 'sync', 'async', 'private', 'silent', '']), [])
  t.same(of(['size=1m', 'colour'], 'tmpfs'), [])
})

t.test('a destination that begins with the path of the root is inside it', async (t) => {
  const of = (destination: string, rootfs?: string): string =>
    planMounts([{ destination, type: 'tmpfs' }], '/bundle', rootfs)[0]!.destination
  for (const [destination, expected] of [
    ['/bundle/rootfs/etc/', '/etc'],
    ['/bundle/rootfs', '/'],
    ['/bundle/rootfs2', '/bundle/rootfs2'],
    ['/bundle/rootfs/../x', '/bundle/x'],
    ['//a/./b//', '/a/b'],
    ['/', '/'],
  ] as const) {
    t.equal(of(destination, '/bundle/rootfs'), expected, destination)
  }
  t.equal(of('/etc', '/'), '/etc')
  t.equal(of('/bundle/rootfs/etc'), '/bundle/rootfs/etc')
})
