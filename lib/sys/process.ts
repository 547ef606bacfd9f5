/** Processes: clone3(2), wait(2), pidfd_open(2), prctl(2), sessions, namespaces, resource limits. */
import { bind, bindSyscall, fd } from './bind.ts'
import { awaitQuiet } from './quiet.ts'
import { CLONE_CLEAR_SIGHAND, CLONE_INTO_CGROUP, CLONE_PARENT } from './flags/process.ts'
import { hasCode } from './error.ts'

const madvise = bind<[address: bigint, length: bigint, advice: number]>(
  'int madvise(uint64_t, uint64_t, int)',
)
const MADV_DOFORK = 11
const rawClone3 = bindSyscall<[args: BigUint64Array, size: number]>(
  'clone3',
  ['void *', 'size_t'],
  {
    print: [(args: BigUint64Array) => `{flags=0x${args[0]!.toString(16)}}`],
  },
)
const SIGCHLD = 17n

/**
 * Forks this process: 0 in the child, the child's pid in the parent.
 *
 * JavaScriptCore keeps its heap out of forked children (MADV_DONTFORK), and a child without it dies at
 * its first instruction. One madvise over the whole address space takes that back; it stops with an
 * error at [vvar], after everything that matters, and takes 0.05 ms. The child has one thread; what the
 * parent's others must not be at that moment, `quiet.ts` says.
 * @param flags `CLONE_*`
 * @param cgroup descriptor of the cgroup v2 directory to be born in, Linux 5.7
 */
export const clone = (flags: number, cgroup?: number): number => {
  awaitQuiet()
  try {
    madvise(0x10000n, 0x7ffffffe0000n, MADV_DOFORK)
  } catch (error) {
    if (!hasCode(error, 'EINVAL', 'ENOMEM')) throw error
  }
  const args = new BigUint64Array(11)
  args[0] = BigInt(flags) | CLONE_CLEAR_SIGHAND | (cgroup === undefined ? 0n : CLONE_INTO_CGROUP)
  // A child given to our own parent must leave its exit signal to that, clone(2).
  args[4] = flags & CLONE_PARENT ? 0n : SIGCHLD
  args[10] = BigInt(cgroup ?? 0)
  return rawClone3(args, 88)
}

/** Ends this process at once, without anything an engine does on exit. */
const rawExit = bind<[status: number]>('void _exit(int)')
export const exitNow = (status: number): never => {
  rawExit(status)
  throw new Error('unreachable: _exit returned')
}

export const getpid = bind<[]>('int getpid()')
export const setsid = bind<[]>('int setsid()')
export const umask = bind<[mask: number]>('int umask(uint)')
export const unshare = bind<[flags: number]>('int unshare(int)')
export const setns = bind<[namespace: number, type: number]>('int setns(int, int)', { print: [fd] })
export const prctl = bind<[option: number, a: number, b: number, c: number, d: number]>(
  'int prctl(int, ulong, ulong, ulong, ulong)',
)
export const pidfdOpen = bindSyscall<[pid: number, flags: number]>('pidfd_open', ['int', 'uint'])
export const pidfdSendSignal = bindSyscall<
  [pidfd: number, signal: number, info: null, flags: number]
>('pidfd_send_signal', ['int', 'int', 'void *', 'uint'], { print: [fd] })
export const sethostname = bind<[name: string, size: number]>(
  'int sethostname(const char *, size_t)',
)
export const setdomainname = bind<[name: string, size: number]>(
  'int setdomainname(const char *, size_t)',
)
const rawPrlimit = bind<
  [pid: number, resource: number, limit: BigUint64Array | null, old: BigUint64Array | null]
>('int prlimit(int, int, void *, void *)')
/** prlimit(2) of another process, or of this one (0). */
export const getrlimit = (
  resource: number,
  pid = 0,
): { readonly soft: bigint; readonly hard: bigint } => {
  const limit = new BigUint64Array(2)
  rawPrlimit(pid, resource, null, limit)
  return { soft: limit[0]!, hard: limit[1]! }
}
export const setrlimit = (
  resource: number,
  soft: number | bigint,
  hard: number | bigint,
  pid = 0,
): void => void rawPrlimit(pid, resource, new BigUint64Array([BigInt(soft), BigInt(hard)]), null)

const rawWaitpid = bind<[pid: number, status: Int32Array, options: number]>(
  'int waitpid(int, void *, int)',
)
export interface Exited {
  readonly pid: number
  /** 128 + N for death by signal N, as shells count. */
  readonly status: number
  readonly signal: number
}
/** waitpid(2); `undefined` with WNOHANG and nothing to report. */
export const wait = (pid: number, options = 0): Exited | undefined => {
  const out = new Int32Array(1)
  const reaped = rawWaitpid(pid, out, options)
  if (reaped === 0) return undefined
  const signal = out[0]! & 0x7f
  return { pid: reaped, signal, status: signal ? 128 + signal : (out[0]! >> 8) & 0xff }
}

const rawExecveat = bindSyscall<
  [
    dir: number,
    path: string,
    argv: readonly (string | null)[],
    env: readonly (string | null)[],
    flags: number,
  ]
>('execveat', ['int', 'const char *', 'const char **', 'const char **', 'int'], { print: [fd] })
/** Becomes the program in `file`. Returns only by throwing. */
export const fexecve = (file: number, argv: readonly string[], env: readonly string[]): never => {
  rawExecveat(file, '', [...argv, null], [...env, null], 0x1000)
  throw new Error('unreachable: execveat returned')
}
