/**
 * Which cgroup hierarchies this host has and where they are mounted. Parent. cgroups(7), proc(5).
 *
 * v1 has one hierarchy for each controller or group of controllers, and named ones without any; v2 has
 * a single one. A host may have both ("hybrid"): the controllers are then v1's.
 */
import { existsSync, readFileSync, statfsSync } from 'node:fs'
import { Failure } from '../../failure.ts'

export interface Hierarchy {
  readonly version: 1 | 2
  /** `['cpu', 'cpuacct']`, `['name=systemd']`; v2 has the one empty name that /proc/PID/cgroup has. */
  readonly controllers: readonly string[]
  readonly mountpoint: string
  /** The cgroup that is seen at the mountpoint: `/`, or another one in a bind mount. */
  readonly root: string
}

export interface Layout {
  readonly mode: 'v1' | 'hybrid' | 'v2'
  readonly hierarchies: readonly Hierarchy[]
}

/** The cgroup of a process by controller, with the key `''` for v2, as seen from its cgroup namespace. */
export type OwnCgroups = Readonly<Record<string, string>>

export const CGROUP_ROOT = '/sys/fs/cgroup'

const CGROUP2_SUPER_MAGIC = 0x63677270

/** `4:memory:/a\n0::/b` → `{ memory: '/a', '': '/b' }` */
export const parseOwnCgroups = (text: string): OwnCgroups => {
  const own: Record<string, string> = {}
  for (const line of text.split('\n')) {
    const match = /^\d+:([^:]*):(.*)$/.exec(line)
    if (!match) continue
    for (const controller of match[1]!.split(',')) own[controller] = match[2]!
  }
  return own
}

export const readOwnCgroups = (pid: number | 'self' = 'self'): OwnCgroups =>
  parseOwnCgroups(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))

/**
 * Where the hierarchies are.
 * @throws Failure where no cgroup file system is mounted
 */
export const readLayout = (own: OwnCgroups = readOwnCgroups()): Layout => {
  // /proc/self/mountinfo takes a millisecond on a host with a thousand mounts: only who needs it reads it.
  const unified = own['']
  if (
    unified !== undefined &&
    statfsSync(CGROUP_ROOT).type === CGROUP2_SUPER_MAGIC &&
    existsSync(CGROUP_ROOT + unified)
  ) {
    const only = { version: 2, controllers: [''], mountpoint: CGROUP_ROOT, root: '/' } as const
    return { mode: 'v2', hierarchies: [only] }
  }
  const layout = parseLayout(readFileSync('/proc/self/mountinfo', 'utf8'))
  if (layout.hierarchies.length > 0) return layout
  throw new Failure('no cgroup file system is mounted', {
    code: 'CGROUP_NOT_MOUNTED',
    hint: `mount -t cgroup2 cgroup2 ${CGROUP_ROOT}`,
  })
}

interface Mount {
  readonly id: string
  readonly parent: string
  readonly point: string
  readonly line: string
}

/** Controllers among the options of a v1 super block, beside options like `xattr`. */
const isController = (option: string): boolean =>
  option.startsWith('name=') ||
  /^(cpu|cpuacct|cpuset|memory|devices|freezer|blkio|pids|hugetlb|net_cls|net_prio|perf_event|rdma|misc)$/.test(
    option,
  )

const unescape = (path: string): string =>
  path.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))

/** The same from the text of /proc/self/mountinfo. */
export const parseLayout = (mountinfo: string): Layout => {
  const mounts = mountinfo.split('\n').flatMap((line): Mount[] => {
    const [id, parent, , , point] = line.split(' ', 5)
    return id && parent && point ? [{ id, parent, point: unescape(point), line }] : []
  })
  const visible = visibleMounts(mounts)
  const found = new Map<string, Hierarchy>()
  for (const mount of mounts) {
    const match = /^\S+ \S+ \S+ (\S+) .* - (cgroup2?) \S+ (\S+)$/.exec(mount.line)
    if (!match || !visible(mount)) continue
    const controllers = match[2] === 'cgroup2' ? [''] : match[3]!.split(',').filter(isController)
    const key = controllers.join(',')
    // Of several mounts of a hierarchy the one at the usual place counts, else the first.
    const known = found.get(key)
    if (known && (isUsual(known.mountpoint) || !isUsual(mount.point))) continue
    found.set(key, {
      version: match[2] === 'cgroup2' ? 2 : 1,
      controllers,
      mountpoint: mount.point,
      root: unescape(match[1]!),
    })
  }
  return arrange([...found.values()])
}

const isUsual = (mountpoint: string): boolean => `${mountpoint}/`.startsWith(`${CGROUP_ROOT}/`)

const arrange = (hierarchies: readonly Hierarchy[]): Layout => {
  const v1 = hierarchies.some(
    ({ version, controllers: [first = ''] }) => version === 1 && !first.startsWith('name='),
  )
  const v2 = hierarchies.filter(({ version }) => version === 2)
  if (!v1 && v2.length > 0) return { mode: 'v2', hierarchies: v2 }
  return { mode: v2.length > 0 ? 'hybrid' : 'v1', hierarchies }
}

/** Tells whether a path leads to a mount or whether another one lies over it, as the kernel walks. */
const visibleMounts = (mounts: readonly Mount[]): ((mount: Mount) => boolean) => {
  const ids = new Set(mounts.map(({ id }) => id))
  const above = new Map<string, Mount>()
  for (const mount of mounts) {
    // Outside a chroot there are parents that the list does not show.
    const parent = ids.has(mount.parent) && mount.parent !== mount.id ? mount.parent : ''
    above.set(`${parent} ${mount.point}`, mount)
  }
  return ({ id, point }) => {
    let current = ''
    for (const prefix of prefixes(point)) {
      for (let next; (next = above.get(`${current} ${prefix}`));) current = next.id
    }
    return current === id
  }
}

/** `/a/b` → `/`, `/a`, `/a/b` */
const prefixes = (path: string): readonly string[] => {
  const names = path.split('/').filter((name) => name !== '')
  return ['/', ...names.map((_, i) => `/${names.slice(0, i + 1).join('/')}`)]
}
