import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { parseLayout, parseOwnCgroups, readLayout, readOwnCgroups } from './layout.ts'

const ROOT = '20 1 8:1 / / rw - ext4 /dev/sda1 rw'
const TMPFS = '31 20 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755'
const CPU =
  '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct'
const MEMORY = '33 31 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,xattr,memory'
const NAMED =
  '34 31 0:31 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,release_agent=/x,name=systemd'
const UNIFIED = '35 31 0:32 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,nsdelegate'
const V2 = '36 20 0:32 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw'

const summary = (...lines: readonly string[]) => {
  const { mode, hierarchies } = parseLayout(lines.join('\n'))
  return [
    mode,
    ...hierarchies.map(({ controllers, mountpoint }) => `${controllers.join(',')} ${mountpoint}`),
  ]
}

t.test('hierarchies of a host', async (t) => {
  const v1 = [
    'cpu,cpuacct /sys/fs/cgroup/cpu,cpuacct',
    'memory /sys/fs/cgroup/memory',
    'name=systemd /sys/fs/cgroup/systemd',
  ]
  t.same(summary(ROOT, TMPFS, CPU, MEMORY, NAMED), ['v1', ...v1])
  const unified = ' /sys/fs/cgroup/unified'
  t.same(summary(ROOT, TMPFS, CPU, MEMORY, NAMED, UNIFIED), ['hybrid', ...v1, unified])
  t.same(summary(ROOT, V2), ['v2', ' /sys/fs/cgroup'])
  t.same(summary(ROOT, TMPFS, NAMED, UNIFIED), ['v2', unified], 'names are no controllers')
})

t.test('what lies under another mount does not count', async (t) => {
  t.same(summary(ROOT, TMPFS, CPU, MEMORY, UNIFIED, V2.replace('36 20', '36 31')), [
    'v2',
    ' /sys/fs/cgroup',
  ])
  const over = '40 31 0:50 / /sys/fs/cgroup rw - tmpfs tmpfs rw'
  const bound = '41 40 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory'
  t.same(summary(ROOT, TMPFS, CPU, MEMORY, over, bound), ['v1', 'memory /sys/fs/cgroup/memory'])
})

t.test('of several mounts the usual one is taken', async (t) => {
  const other = '30 20 0:30 / /mnt/memory rw - cgroup cgroup rw,memory'
  t.same(summary(ROOT, other, TMPFS, MEMORY), ['v1', 'memory /sys/fs/cgroup/memory'])
  t.same(summary(ROOT, TMPFS, other), ['v1', 'memory /mnt/memory'])
})

t.test('what is bound into a container does not count', async (t) => {
  const bound = '50 20 0:30 /c /tmp/rootfs/sys/fs/cgroup/memory rw - cgroup cgroup rw,memory'
  t.same(summary(ROOT, bound, V2), ['v2', ' /sys/fs/cgroup'])
  t.same(summary(ROOT, bound, TMPFS, CPU), ['v1', 'cpu,cpuacct /sys/fs/cgroup/cpu,cpuacct'])
  const whole = bound.replace('/c ', '/ ')
  t.same(summary(ROOT, whole, V2), ['v2', ' /sys/fs/cgroup'])
})

t.test('a bind mount tells which cgroup it shows', async (t) => {
  const bound = '33 31 0:30 /docker/a\\040b /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory'
  t.equal(parseLayout([ROOT, TMPFS, bound].join('\n')).hierarchies[0]?.root, '/docker/a b')
})

t.test('in a chroot the parents of mounts are unknown', async (t) => {
  t.same(summary(TMPFS, MEMORY), ['v1', 'memory /sys/fs/cgroup/memory'])
})

t.test('own cgroups', async (t) => {
  t.same(parseOwnCgroups('9:name=systemd:/\n4:cpu,cpuacct:/a:b\n0::/c\n'), {
    'name=systemd': '/',
    'cpu,cpuacct': '/a:b',
    '': '/c',
  })
})

const noCgroups = !existsSync('/sys/fs/cgroup') && 'no cgroups on this host'

t.test('this host: found the short way and the long way', { skip: noCgroups }, async (t) => {
  const sorted = ({ mode, hierarchies }: ReturnType<typeof readLayout>) => [
    mode,
    hierarchies.map((h) => JSON.stringify(Object.entries(h).toSorted())).toSorted(),
  ]
  const short = readLayout(readOwnCgroups())
  t.same(sorted(short), sorted(parseLayout(readFileSync('/proc/self/mountinfo', 'utf8'))))
})
