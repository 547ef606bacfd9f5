/**
 * Which cgroup hierarchies this host has and where they are mounted. Parent. cgroups(7), proc(5).
 *
 * v1 has one hierarchy for each controller or group of controllers, and named ones without any; v2 has
 * a single one. A host may have both ("hybrid"): the controllers are then v1's.
 */
import { Failure } from '../../failure.ts'
import { dirname } from '../../path.ts'
import { hasCode } from '../../sys/error.ts'
import { fileSystemAt, stat } from '../../sys/host.ts'
import { readTextFile } from '../../sys/text-file.ts'

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

/**
 * The cgroup of a process by hierarchy, as /proc/PID/cgroup names them: `memory`, `cpu,cpuacct`,
 * `name=systemd`, and `''` for v2.
 */
export type OwnCgroups = Readonly<Record<string, string>>

const CGROUP_ROOT = '/sys/fs/cgroup'

/** statfs(2) */
const CGROUP_SUPER_MAGIC = 0x27e0eb
const CGROUP2_SUPER_MAGIC = 0x63677270

/** `4:cpu,cpuacct:/a\n0::/b` → `{ 'cpu,cpuacct': '/a', '': '/b' }` */
export const parseOwnCgroups = (text: string): OwnCgroups => {
  const own: Record<string, string> = {}
  for (const line of text.split('\n')) {
    const first = line.indexOf(':')
    const second = line.indexOf(':', first + 1)
    if (second !== -1) own[line.slice(first + 1, second)] = line.slice(second + 1)
  }
  return own
}

export const readOwnCgroups = (pid: number | 'self' = 'self'): OwnCgroups =>
  parseOwnCgroups(readTextFile(`/proc/${pid}/cgroup`))

/**
 * Where the hierarchies are.
 * @throws Failure where no cgroup file system is mounted
 */
export const readLayout = (own: OwnCgroups = readOwnCgroups()): Layout => {
  const layout = usualLayout(own) ?? parseLayout(readTextFile('/proc/self/mountinfo'))
  if (layout.hierarchies.length > 0) return layout
  throw new Failure('no cgroup file system is mounted', {
    code: 'CGROUP_NOT_MOUNTED',
    hint: `mount -t cgroup2 cgroup2 ${CGROUP_ROOT}`,
  })
}

/**
 * Where everybody has them, found by looking there: /proc/self/mountinfo grows with the containers of a
 * host, and reading a thousand mounts takes longer than all the rest that is done with cgroups.
 */
const usualLayout = (own: OwnCgroups): Layout | undefined => {
  const unified = own['']
  if (unified !== undefined && isRoot(CGROUP_ROOT, CGROUP2_SUPER_MAGIC)) {
    return { mode: 'v2', hierarchies: [v2At(CGROUP_ROOT)] }
  }
  const hierarchies: Hierarchy[] = []
  for (const name of Object.keys(own)) {
    if (name === '') continue
    const mountpoint = `${CGROUP_ROOT}/${name.replace('name=', '')}`
    if (!isRoot(mountpoint, CGROUP_SUPER_MAGIC)) return undefined
    hierarchies.push({ version: 1, controllers: name.split(','), mountpoint, root: '/' })
  }
  const beside = `${CGROUP_ROOT}/unified`
  if (unified !== undefined && isRoot(beside, CGROUP2_SUPER_MAGIC)) hierarchies.push(v2At(beside))
  return arrange(hierarchies)
}

/** Where a hierarchy is mounted usually; `path` is one of its cgroups. */
export const isUsualRoot = (path: string, { mode }: Pick<Layout, 'mode'>): boolean =>
  (mode === 'v2' ? path : dirname(path)) === CGROUP_ROOT

/** Whether cgroup v2 stands alone, at the usual place. */
export const isUnified = (): boolean => hasType(CGROUP_ROOT, CGROUP2_SUPER_MAGIC)

const v2At = (mountpoint: string): Hierarchy => ({
  version: 2,
  controllers: [''],
  mountpoint,
  root: '/',
})

/** Whether a path is the root of a whole hierarchy, which has inode 1, and not a part that was bound there. */
const isRoot = (path: string, magic: number): boolean =>
  hasType(path, magic) && stat(path).inode === 1

const hasType = (path: string, magic: number): boolean => {
  try {
    return fileSystemAt(path) === magic
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false
    throw error
  }
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
    // Elsewhere, a part of a hierarchy is what someone bound into a container.
    if (!match || !(isUsual(mount.point) || match[1] === '/') || !visible(mount)) continue
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
  const whole = v2.filter(({ mountpoint }) => mountpoint === CGROUP_ROOT)
  if (whole.length > 0) return { mode: 'v2', hierarchies: whole }
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
