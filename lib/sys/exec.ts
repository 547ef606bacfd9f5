/** posix_spawn(3): a process without a copy of the engine. And lseek(2). */
import { SyscallError } from './error.ts'
import { bind, fd } from './bind.ts'

export const lseek = bind<[fd: number, offset: number, whence: number]>(
  'long lseek(int, long, int)',
  { print: [fd] },
)

const rawSpawn = bind<
  [
    pid: Int32Array,
    path: string,
    actions: Uint8Array,
    attributes: Uint8Array,
    argv: readonly (string | null)[],
    env: readonly (string | null)[],
  ]
>('int posix_spawn(void *, const char *, void *, void *, const char **, const char **)')
const initActions = bind<[actions: Uint8Array]>('int posix_spawn_file_actions_init(void *)')
const freeActions = bind<[actions: Uint8Array]>('int posix_spawn_file_actions_destroy(void *)')
const addDup2 = bind<[actions: Uint8Array, from: number, to: number]>(
  'int posix_spawn_file_actions_adddup2(void *, int, int)',
)
const initAttributes = bind<[attributes: Uint8Array]>('int posix_spawnattr_init(void *)')
const setFlags = bind<[attributes: Uint8Array, flags: number]>(
  'int posix_spawnattr_setflags(void *, short)',
)
const setMask = bind<[attributes: Uint8Array, set: Uint8Array]>(
  'int posix_spawnattr_setsigmask(void *, const void *)',
)
const setDefaults = bind<[attributes: Uint8Array, set: Uint8Array]>(
  'int posix_spawnattr_setsigdefault(void *, const void *)',
)

/** More than any C library's. */
const OPAQUE_SIZE = 512
const SETSIGDEF = 4
const SETSIGMASK = 8
const SETSID = 0x80

/**
 * In a session of its own, without blocked or ignored signals.
 * @param files descriptors that it gets as 0, 1, …; each is to be above the highest of those numbers
 * @returns its pid
 */
export const spawn = (path: string, argv: readonly string[], files: readonly number[]): number => {
  const actions = Buffer.alloc(OPAQUE_SIZE)
  const attributes = Buffer.alloc(OPAQUE_SIZE)
  initActions(actions)
  try {
    files.forEach((file, i) => void addDup2(actions, file, i))
    initAttributes(attributes)
    setFlags(attributes, SETSIGDEF | SETSIGMASK | SETSID)
    setMask(attributes, Buffer.alloc(128))
    // All but the C library's own two, which it would refuse.
    const all = Buffer.alloc(128)
    for (let signal = 1; signal < 32; signal++) all[(signal - 1) >> 3]! |= 1 << ((signal - 1) & 7)
    setDefaults(attributes, all)
    const pid = new Int32Array(1)
    const errno = rawSpawn(pid, path, actions, attributes, [...argv, null], [null])
    if (errno !== 0) throw new SyscallError('posix_spawn', errno, `posix_spawn(${path})`)
    return pid[0]!
  } finally {
    freeActions(actions)
  }
}
