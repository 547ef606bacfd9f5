/**
 * The config that `spec` writes, to start from. Pure; runs in tsrun. It is runc's, name by name and in
 * runc's order, except for ociVersion.
 */
import { specVersion } from './rules/version.ts'
import type { Config, IdMapping, Linux, Mount, NamespaceType } from './types.ts'

export interface DefaultChoices {
  /** For a user without privileges. */
  readonly rootless?: boolean | undefined
  /** Where cgroup v2 stands alone: there it is what keeps the host's cgroups out of sight. */
  readonly cgroupNamespace?: boolean
  /** Who becomes root in a rootless container; by default who calls. */
  readonly owner?: Owner
}

interface Owner {
  readonly uid: number
  readonly gid: number
}

const caller = (): Owner => ({ uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 })

export const defaultConfig = ({
  rootless,
  cgroupNamespace = false,
  owner = caller(),
}: DefaultChoices = {}): Config => ({
  ociVersion: specVersion,
  process: {
    terminal: true,
    user: { uid: 0, gid: 0 },
    args: ['sh'],
    env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'TERM=xterm'],
    cwd: '/',
    capabilities: {
      bounding: capabilities(),
      effective: capabilities(),
      permitted: capabilities(),
    },
    rlimits: [{ type: 'RLIMIT_NOFILE', hard: 1024, soft: 1024 }],
    noNewPrivileges: true,
  },
  root: { path: 'rootfs', readonly: true },
  hostname: 'runc',
  mounts: rootless ? rootlessMounts() : mounts(),
  linux: {
    ...(rootless ? rootlessLinux(owner, cgroupNamespace) : rootfulLinux(cgroupNamespace)),
    ...hiddenPaths(),
  },
})

const capabilities = (): string[] => ['CAP_AUDIT_WRITE', 'CAP_KILL', 'CAP_NET_BIND_SERVICE']

const mounts = (): Mount[] => [
  { destination: '/proc', type: 'proc', source: 'proc' },
  {
    destination: '/dev',
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
  },
  {
    destination: '/dev/pts',
    type: 'devpts',
    source: 'devpts',
    options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
  },
  {
    destination: '/dev/shm',
    type: 'tmpfs',
    source: 'shm',
    options: ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=65536k'],
  },
  {
    destination: '/dev/mqueue',
    type: 'mqueue',
    source: 'mqueue',
    options: ['nosuid', 'noexec', 'nodev'],
  },
  {
    destination: '/sys',
    type: 'sysfs',
    source: 'sysfs',
    options: ['nosuid', 'noexec', 'nodev', 'ro'],
  },
  {
    destination: '/sys/fs/cgroup',
    type: 'cgroup',
    source: 'cgroup',
    options: ['nosuid', 'noexec', 'nodev', 'relatime', 'ro'],
  },
]

/** A mapping of one id has no group 5, and sysfs can be mounted only by who owns the network namespace. */
const rootlessMounts = (): Mount[] =>
  mounts().map((mount) => {
    const { destination, options = [] } = mount
    if (destination === '/dev/pts') {
      return { ...mount, options: options.filter((option) => option !== 'gid=5') }
    }
    if (destination !== '/sys') return mount
    return { destination, type: 'none', source: '/sys', options: ['rbind', ...options] }
  })

const newNamespaces = (...types: NamespaceType[]): { type: NamespaceType }[] =>
  types.map((type) => ({ type }))

const cgroup = (isWanted: boolean): NamespaceType[] => (isWanted ? ['cgroup'] : [])

const rootfulLinux = (cgroupNamespace: boolean): Linux => ({
  resources: { devices: [{ allow: false, access: 'rwm' }] },
  namespaces: newNamespaces('pid', 'network', 'ipc', 'uts', 'mount', ...cgroup(cgroupNamespace)),
})

const rootlessLinux = ({ uid, gid }: Owner, cgroupNamespace: boolean): Linux => ({
  uidMappings: onlyRoot(uid),
  gidMappings: onlyRoot(gid),
  namespaces: newNamespaces('pid', 'ipc', 'uts', 'mount', ...cgroup(cgroupNamespace), 'user'),
})

const onlyRoot = (hostID: number): IdMapping[] => [{ containerID: 0, hostID, size: 1 }]

const hiddenPaths = (): Linux => ({
  maskedPaths: [
    '/proc/acpi',
    '/proc/asound',
    '/proc/kcore',
    '/proc/keys',
    '/proc/latency_stats',
    '/proc/timer_list',
    '/proc/timer_stats',
    '/proc/sched_debug',
    '/sys/firmware',
    '/proc/scsi',
  ],
  readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
})
