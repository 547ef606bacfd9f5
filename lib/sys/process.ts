/** Processes: wait(2), pidfd_open(2), prctl(2), sessions, namespaces, resource limits. */
import { bind, bindSyscall, fd } from './bind.ts'
import { PR_SET_NAME, PR_SET_PDEATHSIG } from './flags/process.ts'
import { SIGKILL } from './flags/signal.ts'

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
/** With the thread that started it this process shall end. */
export const endWithParent = (): void => void prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
const prctlText = bindSyscall<[option: number, text: string]>('prctl', ['int', 'const char *'])
/** What `ps` shows of it, 15 bytes: else it is the number of the descriptor that it was executed by. */
export const setName = (name: string): void => void prctlText(PR_SET_NAME, name)
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
