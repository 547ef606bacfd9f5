/**
 * PARENT. Runs one hook to its end.
 *
 * The hook reads the state from a memory file and writes into one: nobody has to pump pipes while it runs,
 * and what it said last is there when it failed. It gets the config's environment and no descriptor but
 * the three.
 */
import { Failure, describe, doing } from '../../failure.ts'
import { hookCalls, type HookPlace } from '../../linux/hooks/plan.ts'
import type { StubProcess } from '../../stub/process.ts'
import { whyStuck } from '../../stub/patience.ts'
import type { StubRecord } from '../../stub/table.ts'
import type { Hook } from '../../spec/types.ts'
import { receiveReport, sendGo } from '../../sync/channel.ts'
import { NOTICE, waitLong } from '../../sync/long-wait.ts'
import { hasCode } from '../../sys/error.ts'
import { close, lseek, memfdCreate, openat, pread, write } from '../../sys/file.ts'
import { AT_FDCWD, MFD_CLOEXEC, O_APPEND, O_CREAT, O_WRONLY } from '../../sys/flags/open.ts'
import { SIGKILL, signals } from '../../sys/flags/signal.ts'
import { pidfdOpen, wait, type Exited } from '../../sys/process.ts'
import { kill, poll } from '../../sys/signal.ts'
import { stubFailure } from '../stub-failure.ts'
import { joinedBefore, spawnHook } from './birth.ts'
import { now } from '../../sys/clock.ts'

const TAIL = 4096

/** @param container the pid of the container's first process, where the place is inside */
export interface HookRun extends HookPlace {
  readonly container?: number
  /** Files that its output is appended to; what is not is told when it fails. */
  readonly stdout?: string
  readonly stderr?: string
  /** Called with its pid where it waits for its seccomp listener to be taken. */
  readonly passListener?: (pid: number) => void
}

const memoryFile = (content: string): number => {
  const file = memfdCreate('tsrun-hook', MFD_CLOEXEC)
  const bytes = Buffer.from(content)
  for (let done = 0; done < bytes.length;) {
    done += write(file, bytes.subarray(done), bytes.length - done)
  }
  lseek(file, 0, 0)
  return file
}

const tailOf = (file: number): string => {
  const size = lseek(file, 0, 2)
  const buffer = Buffer.alloc(Math.min(size, TAIL))
  pread(file, buffer, buffer.length, size - buffer.length)
  return buffer.toString().trim()
}

const killGroup = (pid: number): void => {
  for (const target of [-pid, pid]) {
    try {
      kill(target, SIGKILL)
    } catch (error) {
      if (!hasCode(error, 'ESRCH')) throw error
    }
  }
}

/**
 * @param what it is
 * @returns whether it ended in time
 * @throws Failure when the user ends the wait; the hook is gone then
 */
const awaitEnd = (pid: number, what: string, timeout = Infinity): boolean => {
  const pidfd = pidfdOpen(pid, 0)
  const begin = now()
  const left = (): number => timeout - (now() - begin) / 1000
  try {
    const soon = Math.min(timeout, NOTICE)
    if (poll([pidfd], soon * 1000)[0]) return true
    return left() > 0 && waitLong(pidfd, { what, hint: whyStuck(pid) }, left())
  } catch (error) {
    killGroup(pid)
    wait(pid)
    throw error
  } finally {
    close(pidfd)
  }
}

const signalName = (number: number): string => {
  const name = Object.entries(signals).find(([, value]) => value === number)?.[0]
  // What seccomp(2) ends a process with says little by its name.
  return name === 'SIGSYS' ? 'SIGSYS (bad system call)' : (name ?? `signal ${number}`)
}

const openLog = (path: string): number =>
  doing(`open ${path} for the output of hooks`, () =>
    openat(AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND, 0o600),
  )

const nextRecord = ({ line, pid }: StubProcess): StubRecord | undefined => {
  if (!poll([line], 0)[0]) return undefined
  const report = receiveReport(line, pid)
  return report.type === 'failed' ? report.record : undefined
}

/**
 * A seccomp filter with a listener is in force when somebody has taken that.
 * @returns what failed before it was
 */
const passListener = (
  { pid, line }: StubProcess,
  pass: (pid: number) => void,
): StubRecord | undefined => {
  const report = receiveReport(line, pid)
  if (report.type === 'failed') return report.record
  if (report.type !== 'ready') return undefined
  try {
    pass(pid)
    sendGo(line)
  } catch (error) {
    killGroup(pid)
    wait(pid)
    throw error
  }
  return undefined
}

/** @returns undefined for a hook that did what it should */
const complaint = (
  { timeout }: Hook,
  { status, signal }: Exited,
  inTime: boolean,
): string | undefined => {
  if (!inTime) return `timed out after ${timeout} s and was killed`
  if (signal !== 0) return `was killed by ${signalName(signal)}`
  return status === 0 ? undefined : `exit status ${status}`
}

interface HookEnd {
  /** What went wrong, if anything. */
  readonly how: string | undefined
  readonly inTime: boolean
}

/** Runs it, to its end. */
const howItEnded = (
  hook: Hook,
  { pointer, name }: { readonly pointer: string; readonly name: string },
  streams: readonly number[],
  run: HookRun,
): HookEnd => {
  const { container, namespaces = 0 } = run
  // What it is not born into is joined by its last calls.
  const joinedLast = namespaces & ~joinedBefore(namespaces)
  const calls = hookCalls(hook, pointer, { ...run, namespaces: joinedLast })
  const stub = spawnHook(streams, container, namespaces)
  try {
    stub.become(calls)
    const waits = calls.some(({ endOnZero }) => endOnZero)
    const early = waits ? passListener(stub, run.passListener!) : undefined
    const inTime = awaitEnd(stub.pid, `${name} (process ${stub.pid}) to end`, hook.timeout)
    if (!inTime) killGroup(stub.pid)
    const ended = wait(stub.pid)!
    const record = early ?? nextRecord(stub)
    const how = record
      ? `cannot start: ${describe(stubFailure(record, calls))}`
      : complaint(hook, ended, inTime)
    return { how, inTime }
  } finally {
    close(stub.line)
  }
}

/**
 * @param pointer into config.json: `/hooks/createRuntime/0`
 * @param state what it reads
 * @throws Failure that names the hook, how it ended, after how long, and what it said last
 */
export const runHook = (hook: Hook, pointer: string, state: string, run: HookRun): void => {
  const input = memoryFile(state)
  const output = memoryFile('')
  const opened = [input, output]
  const streamTo = (path: string | undefined): number => {
    if (path === undefined) return output
    const log = openLog(path)
    opened.push(log)
    return log
  }
  try {
    const streams = [input, streamTo(run.stdout), streamTo(run.stderr)]
    const begin = Date.now()
    const [, , point, index] = pointer.split('/')
    const name = `${point} hook #${index}: ${hook.path}`
    const { how, inTime } = howItEnded(hook, { pointer, name }, streams, run)
    if (how === undefined) return
    const said = tailOf(output)
    const message = `error running ${name}: ${how} after ${Date.now() - begin} ms`
    throw new Failure(said === '' ? message : `${message}: ${said}`, {
      code: inTime ? 'HOOK_FAILED' : 'HOOK_TIMED_OUT',
      pointer,
    })
  } finally {
    for (const file of opened) close(file)
  }
}
