/** Signals: masks, signalfd(2), poll(2). Everything here is synchronous. */
import { bind } from './bind.ts'
import { hasCode } from './error.ts'
import { SIGCHLD } from './flags/signal.ts'

const SIG_SETMASK = 2
/** 128 bytes: what both glibc and musl call a sigset_t. */
const setOf = (signals: readonly number[]): Buffer => {
  const set = Buffer.alloc(128)
  for (const signal of signals) set[(signal - 1) >> 3]! |= 1 << ((signal - 1) & 7)
  return set
}
const rawSigprocmask = bind<[how: number, set: Uint8Array, old: null]>(
  'int sigprocmask(int, const void *, void *)',
)
/** Blocks exactly these signals. */
export const setSignalMask = (signals: readonly number[]): void =>
  void rawSigprocmask(SIG_SETMASK, setOf(signals), null)

const SIG_BLOCK = 0
/** Blocks these, too. */
export const blockSignals = (signals: readonly number[]): void =>
  void rawSigprocmask(SIG_BLOCK, setOf(signals), null)

const sigaction = bind<[signal: number, action: null, old: Buffer]>(
  'int sigaction(int, const void *, void *)',
)
/** signal(3) of libc, which also knows how a handler returns. */
export const setHandler = bind<[signal: number, handler: number | bigint]>(
  'int64_t signal(int, uint64_t)',
)
const SIG_DFL = 0
const SIG_IGN = 1n
export const ignoreSignal = (signal: number): void => void setHandler(signal, SIG_IGN)
/** More than any C library's struct sigaction, which begins with the handler. */
const ACTION_SIZE = 256
/** Ignored by our caller, SIGCHLD would be ignored by us, and waitpid(2) would find no children. */
export const heedChildren = (): void => {
  const action = Buffer.alloc(ACTION_SIZE)
  sigaction(SIGCHLD, null, action)
  if (action.readBigUInt64LE() === SIG_IGN) setHandler(SIGCHLD, SIG_DFL)
}

const rawSigpending = bind<[set: Uint8Array]>('int sigpending(void *)')
/** Those that have arrived for this thread or its process, and are blocked. */
export const pendingSignals = (): readonly number[] => {
  const set = Buffer.alloc(128)
  rawSigpending(set)
  return Array.from({ length: 64 }, (_, i) => i + 1).filter(
    (signal) => (set[(signal - 1) >> 3]! >> ((signal - 1) & 7)) & 1,
  )
}

const rawSignalfd = bind<[fd: number, set: Uint8Array, flags: number]>(
  'int signalfd(int, const void *, int)',
)
/** A descriptor that reads as the signals of `signals` that arrive, which must be blocked. Close-on-exec. */
export const signalfd = (signals: readonly number[]): number =>
  rawSignalfd(-1, setOf(signals), 0o2000000 | 0o4000)

const rawPoll = bind<[fds: Int32Array, count: number, timeout: number]>(
  'int poll(void *, ulong, int)',
  { retry: false },
)
const POLLIN = 1
/**
 * Waits until one of `files` can be read or has hung up.
 * @param timeout in milliseconds; -1 waits for ever
 * @returns for each file whether it is ready; all false after the timeout and after a signal
 */
export const poll = (files: readonly number[], timeout: number): readonly boolean[] => {
  const fds = new Int32Array(files.length * 2)
  files.forEach((file, i) => {
    fds[2 * i] = file
    fds[2 * i + 1] = POLLIN
  })
  try {
    rawPoll(fds, files.length, timeout)
  } catch (error) {
    if (!hasCode(error, 'EINTR')) throw error
  }
  return files.map((_, i) => fds[2 * i + 1]! >>> 16 !== 0)
}

export const kill = bind<[pid: number, signal: number]>('int kill(int, int)')

const rawRead = bind<[fd: number, buffer: Uint8Array, size: number]>(
  'long read(int, void *, size_t)',
)
/** The next signal that a signalfd has; nothing when it has none. */
export const readSignal = (file: number): number | undefined => {
  const info = Buffer.alloc(128)
  try {
    rawRead(file, info, info.length)
    return info.readUInt32LE(0)
  } catch (error) {
    if (hasCode(error, 'EAGAIN')) return undefined
    throw error
  }
}
