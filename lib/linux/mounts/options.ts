/**
 * The mount options of the specification (config.md, "Linux mount options") as tables.
 *
 * Pure. What no table knows goes to the file system as it stands.
 */
import {
  MOUNT_ATTR__ATIME,
  MOUNT_ATTR_NOATIME,
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NODIRATIME,
  MOUNT_ATTR_NOEXEC,
  MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_NOSYMFOLLOW,
  MOUNT_ATTR_RDONLY,
  MOUNT_ATTR_RELATIME,
  MOUNT_ATTR_STRICTATIME,
  MS_PRIVATE,
  MS_SHARED,
  MS_SLAVE,
  MS_UNBINDABLE,
} from '../../sys/flags/mount.ts'

/** A change of mount attributes, as mount_setattr(2) takes it. */
export interface AttributeChange {
  readonly set: number
  readonly clear: number
}

const set = (flag: number): AttributeChange => ({ set: flag, clear: 0 })
const clear = (flag: number): AttributeChange => ({ set: 0, clear: flag })
/** The access-time modes are one field, not bits: it is cleared whole before one is set. */
const accessTime = (mode: number): AttributeChange => ({ set: mode, clear: MOUNT_ATTR__ATIME })

/** Options that are attributes of the mount; with `r` in front they hold for all mounts below, too. */
export const attributes: Readonly<Record<string, AttributeChange>> = {
  ro: set(MOUNT_ATTR_RDONLY),
  rw: clear(MOUNT_ATTR_RDONLY),
  nosuid: set(MOUNT_ATTR_NOSUID),
  suid: clear(MOUNT_ATTR_NOSUID),
  nodev: set(MOUNT_ATTR_NODEV),
  dev: clear(MOUNT_ATTR_NODEV),
  noexec: set(MOUNT_ATTR_NOEXEC),
  exec: clear(MOUNT_ATTR_NOEXEC),
  nodiratime: set(MOUNT_ATTR_NODIRATIME),
  diratime: clear(MOUNT_ATTR_NODIRATIME),
  nosymfollow: set(MOUNT_ATTR_NOSYMFOLLOW),
  symfollow: clear(MOUNT_ATTR_NOSYMFOLLOW),
  noatime: accessTime(MOUNT_ATTR_NOATIME),
  strictatime: accessTime(MOUNT_ATTR_STRICTATIME),
  relatime: accessTime(MOUNT_ATTR_RELATIME),
  atime: accessTime(MOUNT_ATTR_RELATIME),
  // The kernel's default either way, mount(2).
  norelatime: { set: 0, clear: 0 },
  nostrictatime: accessTime(MOUNT_ATTR_RELATIME),
}

/** Options of the superblock, by the name that fsconfig(2) knows them under. */
export const superblockFlags: Readonly<Record<string, string>> = {
  async: 'async',
  sync: 'sync',
  dirsync: 'dirsync',
  lazytime: 'lazytime',
  nolazytime: 'nolazytime',
  mand: 'mand',
  nomand: 'nomand',
}

export interface Propagation {
  readonly flag: number
  readonly recursive: boolean
}

/** mount_namespaces(7); also the values of `linux.rootfsPropagation`. */
export const propagations: Readonly<Record<string, Propagation>> = {
  private: { flag: MS_PRIVATE, recursive: false },
  rprivate: { flag: MS_PRIVATE, recursive: true },
  shared: { flag: MS_SHARED, recursive: false },
  rshared: { flag: MS_SHARED, recursive: true },
  slave: { flag: MS_SLAVE, recursive: false },
  rslave: { flag: MS_SLAVE, recursive: true },
  unbindable: { flag: MS_UNBINDABLE, recursive: false },
  runbindable: { flag: MS_UNBINDABLE, recursive: true },
}

/** Options that are what the kernel does anyway, or say something only to mount(8). */
export const without = new Set(['defaults', 'loud', 'silent', 'iversion', 'noiversion'])

/** Options that choose what tsrun does, not how the mount is. */
export const actions = ['bind', 'rbind', 'remount', 'tmpcopyup', 'idmap', 'ridmap'] as const

/** All names of the tables, for `features`. */
export const mountOptionNames = (): readonly string[] =>
  [
    ...actions,
    ...Object.keys(attributes),
    ...Object.keys(attributes).map((name) => `r${name}`),
    ...Object.keys(superblockFlags),
    ...Object.keys(propagations),
    ...without,
  ].sort()
