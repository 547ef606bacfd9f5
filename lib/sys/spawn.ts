/** A process without a copy of the engine: posix_spawn(3). */
import { SyscallError } from './error.ts'
import { bind } from './bind.ts'
import { close, dupAbove } from './file.ts'
import { heedChildren } from './signal.ts'

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
const setDefaults = bind<[attributes: Uint8Array, set: ArrayBufferView]>(
  'int posix_spawnattr_setsigdefault(void *, const void *)',
)

/** More than any C library's. */
const OPAQUE_SIZE = 512
const SETSIGDEF = 4
const SETSIGMASK = 8
const SETSID = 0x80

/** A sigset_t of all signals, also of the C library's own from 32 on: those that are not named here it ignores. */
const everySignal = (): BigUint64Array => {
  const set = new BigUint64Array(16)
  set[0] = 0xffff_ffff_ffff_ffffn
  return set
}

/**
 * In a session of its own, without blocked or ignored signals. What tsrun has open is close-on-exec.
 * @param env as `NAME=value`
 * @param files our descriptors by the numbers that they get; they stay open across its execve
 * @returns its pid
 */
export const spawn = (
  path: string,
  argv: readonly string[],
  env: readonly string[],
  files: ReadonlyMap<number, number>,
): number => {
  const actions = Buffer.alloc(OPAQUE_SIZE)
  const attributes = Buffer.alloc(OPAQUE_SIZE)
  const free = Math.max(...files.keys()) + 1
  // The standard streams are inherited as they are. The others go out of the way first: what is to be copied
  // may have a number that is a target.
  const isStream = ([to, from]: readonly [number, number]): boolean => to === from && to <= 2
  const moved = [...files].filter((file) => !isStream(file))
  const raised: number[] = []
  initActions(actions)
  try {
    // For a stream that our caller has closed the engine has /dev/null, which is close-on-exec: were the number free,
    // the first that is opened there would be the program's. To its own number, dup2 is what keeps it open.
    for (const [stream] of [...files].filter(isStream)) addDup2(actions, stream, stream)
    for (const [, from] of moved) raised.push(dupAbove(from, free))
    moved.forEach(([to], i) => addDup2(actions, raised[i]!, to))
    initAttributes(attributes)
    setFlags(attributes, SETSIGDEF | SETSIGMASK | SETSID)
    setMask(attributes, Buffer.alloc(128))
    setDefaults(attributes, everySignal())
    heedChildren()
    const pid = new Int32Array(1)
    const errno = rawSpawn(pid, path, actions, attributes, [...argv, null], [...env, null])
    if (errno !== 0) throw new SyscallError('posix_spawn', errno, `posix_spawn(${path})`)
    return pid[0]!
  } finally {
    freeActions(actions)
    for (const file of raised) close(file)
  }
}
