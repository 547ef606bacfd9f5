/** The bench's container: what an engine asks for by default, around a static program. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { programsFor } from './programs.ts'
import { seccompProfile } from './seccomp.ts'

export interface Shape {
  readonly args: readonly string[]
  /** bytes */
  readonly memoryLimit?: number
  /** With a seccomp profile, as engines have it. */
  readonly filtered?: boolean
}

const capabilities = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_KILL',
  'CAP_NET_BIND_SERVICE',
  'CAP_SETGID',
  'CAP_SETPCAP',
  'CAP_SETUID',
  'CAP_SYS_CHROOT',
]

const mount = (destination: string, type: string, ...options: readonly string[]) => ({
  destination,
  type,
  source: type,
  options: ['nosuid', 'noexec', ...options],
})

const config = ({ args, memoryLimit, filtered }: Shape) => ({
  ociVersion: '1.0.2',
  hostname: 'bench',
  process: {
    args,
    cwd: '/',
    env: ['PATH=/bin'],
    user: { uid: 0, gid: 0 },
    capabilities: { bounding: capabilities, permitted: capabilities, effective: capabilities },
    rlimits: [{ type: 'RLIMIT_NOFILE', hard: 1024, soft: 1024 }],
    noNewPrivileges: true,
  },
  root: { path: 'rootfs' },
  mounts: [
    mount('/proc', 'proc', 'nodev'),
    mount('/dev', 'tmpfs', 'strictatime', 'mode=755', 'size=65536k'),
    mount('/dev/pts', 'devpts', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'),
    mount('/dev/shm', 'tmpfs', 'nodev', 'mode=1777', 'size=65536k'),
    mount('/dev/mqueue', 'mqueue', 'nodev'),
    mount('/sys', 'sysfs', 'nodev', 'ro'),
    mount('/sys/fs/cgroup', 'cgroup', 'nodev', 'relatime', 'ro'),
  ],
  linux: {
    namespaces: ['pid', 'network', 'ipc', 'uts', 'mount', 'cgroup'].map((type) => ({ type })),
    resources: {
      devices: [{ allow: false, access: 'rwm' }],
      ...(memoryLimit === undefined ? {} : { memory: { limit: memoryLimit } }),
    },
    ...(filtered ? { seccomp: seccompProfile } : {}),
    maskedPaths: ['/proc/kcore', '/proc/keys', '/proc/timer_list', '/sys/firmware'],
    readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
  },
})

/** Writes a bundle to `directory` and gives it back. */
export const writeBundle = (directory: string, shape: Shape): string => {
  const bin = join(directory, 'rootfs/bin')
  mkdirSync(bin, { recursive: true })
  const programs = programsFor(process.arch)
  writeFileSync(join(bin, 'true'), programs.true, { mode: 0o755 })
  writeFileSync(join(bin, 'wait'), programs.wait, { mode: 0o755 })
  writeFileSync(join(directory, 'config.json'), JSON.stringify(config(shape), null, 2))
  return directory
}
