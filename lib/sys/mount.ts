/** The mount system calls on descriptors, mount(2)'s successors of Linux 5.2 and 5.12; and that itself. */
import { bind, bindSyscall, fd } from './bind.ts'
import { O_CLOEXEC } from './flags/open.ts'
import {
  FSCONFIG_CMD_CREATE,
  FSCONFIG_CMD_RECONFIGURE,
  FSCONFIG_SET_FLAG,
  FSCONFIG_SET_STRING,
  FSMOUNT_CLOEXEC,
  FSOPEN_CLOEXEC,
  FSPICK_CLOEXEC,
  FSPICK_EMPTY_PATH,
  MOVE_MOUNT_F_EMPTY_PATH,
  MOVE_MOUNT_T_EMPTY_PATH,
} from './flags/mount.ts'

const rawOpenTree = bindSyscall<[dir: number, path: string, flags: number]>(
  'open_tree',
  ['int', 'const char *', 'uint'],
  { print: [fd] },
)
export const openTree = (dir: number, path: string, flags: number): number =>
  rawOpenTree(dir, path, flags | O_CLOEXEC)

const rawMoveMount = bindSyscall<
  [from: number, fromPath: string, to: number, toPath: string, flags: number]
>('move_mount', ['int', 'const char *', 'int', 'const char *', 'uint'], {
  print: [fd, undefined, fd],
})
/** Attaches the mount `from` on the file `to`, both by descriptor. */
export const moveMount = (from: number, to: number): void =>
  void rawMoveMount(from, '', to, '', MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH)

/** The same on `name` in the directory `to`, which is no symbolic link. */
export const moveMountTo = (from: number, to: number, name: string): void =>
  void rawMoveMount(from, '', to, name, MOVE_MOUNT_F_EMPTY_PATH)

export interface MountAttributes {
  readonly set?: number
  readonly clear?: number
  /** One `MS_*` propagation flag. */
  readonly propagation?: number
  /** Of the user namespace whose mappings the mount shall apply. */
  readonly userNamespace?: number
}
const rawMountSetattr = bindSyscall<
  [dir: number, path: string, flags: number, attributes: BigUint64Array, size: number]
>('mount_setattr', ['int', 'const char *', 'uint', 'const void *', 'size_t'], {
  print: [
    fd,
    undefined,
    undefined,
    (a: BigUint64Array) =>
      `{set=0x${a[0]!.toString(16)}, clr=0x${a[1]!.toString(16)}, propagation=${a[2]}}`,
  ],
})
/** mount_setattr(2), Linux 5.12. `flags`: AT_EMPTY_PATH, AT_RECURSIVE. */
export const mountSetattr = (
  dir: number,
  path: string,
  flags: number,
  { set = 0, clear = 0, propagation = 0, userNamespace = 0 }: MountAttributes,
): void => {
  const attributes = new BigUint64Array([
    BigInt(set),
    BigInt(clear),
    BigInt(propagation),
    BigInt(userNamespace),
  ])
  rawMountSetattr(dir, path, flags, attributes, 32)
}

const rawFsopen = bindSyscall<[type: string, flags: number]>('fsopen', ['const char *', 'uint'])
export const fsopen = (type: string): number => rawFsopen(type, FSOPEN_CLOEXEC)
const rawFspick = bindSyscall<[dir: number, path: string, flags: number]>(
  'fspick',
  ['int', 'const char *', 'uint'],
  { print: [fd] },
)
/** A context to reconfigure the file system that `mount` shows. */
export const fspick = (mount: number): number =>
  rawFspick(mount, '', FSPICK_CLOEXEC | FSPICK_EMPTY_PATH)
const fsconfig = bindSyscall<
  [context: number, command: number, key: string | null, value: string | null, extra: number]
>('fsconfig', ['int', 'uint', 'const char *', 'const char *', 'int'], { print: [fd] })
export const fsconfigFlag = (context: number, key: string): void =>
  void fsconfig(context, FSCONFIG_SET_FLAG, key, null, 0)
export const fsconfigString = (context: number, key: string, value: string): void =>
  void fsconfig(context, FSCONFIG_SET_STRING, key, value, 0)
export const fsconfigCreate = (context: number): void =>
  void fsconfig(context, FSCONFIG_CMD_CREATE, null, null, 0)
export const fsconfigReconfigure = (context: number): void =>
  void fsconfig(context, FSCONFIG_CMD_RECONFIGURE, null, null, 0)
const rawFsmount = bindSyscall<[context: number, flags: number, attributes: number]>(
  'fsmount',
  ['int', 'uint', 'uint'],
  { print: [fd] },
)
export const fsmount = (context: number, attributes: number): number =>
  rawFsmount(context, FSMOUNT_CLOEXEC, attributes)

const rawMount = bind<[source: string, target: string, type: string, flags: number, data: string]>(
  'int mount(const char *, const char *, const char *, ulong, const void *)',
)
/**
 * mount(2): one call where the others take eight; a path, and not what the file system says of a failure.
 * @param flags `MS_*`
 */
export const mount = (
  source: string,
  target: string,
  type: string,
  flags: number,
  data: string,
): void => void rawMount(source, target, type, flags, data)

export const pivotRoot = bindSyscall<[newRoot: string, putOld: string]>('pivot_root', [
  'const char *',
  'const char *',
])
export const umount2 = bind<[path: string, flags: number]>('int umount2(const char *, int)')
