/**
 * PARENT. Runs one hook to its end.
 *
 * The hook reads the state from a memory file and writes into one: nobody has to pump pipes while it runs,
 * and what it said last is there when it failed. It gets the config's environment and no descriptor but
 * the three.
 */
import { Failure, describe } from '../failure.ts'
import { writeStub } from '../init/leave.ts'
import { REPORT_FD, hookCalls, type HookPlace } from '../linux/hooks/plan.ts'
import { stubImage } from '../stub/image.ts'
import { parseRecords, RECORD_SIZE, type StubCall } from '../stub/table.ts'
import type { Hook } from '../spec/types.ts'
import { hasCode } from '../sys/error.ts'
import { lseek, spawn } from '../sys/exec.ts'
import { close, dupAbove, memfdCreate, openat, pread, read, write } from '../sys/file.ts'
import { AT_FDCWD, MFD_CLOEXEC, O_DIRECTORY, O_PATH, O_RDONLY } from '../sys/flags/open.ts'
import { CLONE_NEWPID } from '../sys/flags/process.ts'
import { SIGKILL, signals } from '../sys/flags/signal.ts'
import { pidfdOpen, setns, wait } from '../sys/process.ts'
import { kill, poll } from '../sys/signal.ts'
import { socketpair } from '../sys/socket.ts'
import { stubFailure } from './child-failure.ts'

const TAIL = 4096
const MAX_TIMEOUT = 0x7fffffff
/** Above all numbers that the stub gets descriptors at. */
const FREE_FD = 10

/** @param container the pid of the container's first process, where the place is inside */
export interface HookRun extends HookPlace {
  readonly container?: number
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

/** A pid namespace is entered by being born in it: setns(2) is about our next children. */
const inPidNamespace = <T>(container: number, namespaces: number, action: () => T): T => {
  if ((namespaces & CLONE_NEWPID) === 0) return action()
  const own = openat(AT_FDCWD, '/proc/self/ns/pid', O_RDONLY)
  const theirs = openat(AT_FDCWD, `/proc/${container}/ns/pid`, O_RDONLY)
  try {
    setns(theirs, CLONE_NEWPID)
    try {
      return action()
    } finally {
      setns(own, CLONE_NEWPID)
    }
  } finally {
    close(own)
    close(theirs)
  }
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

/** @returns whether it ended in time */
const awaitEnd = (pid: number, timeout: number | undefined): boolean => {
  if (timeout === undefined) return true
  const pidfd = pidfdOpen(pid, 0)
  const end = Date.now() + timeout * 1000
  try {
    for (let left = timeout * 1000; left > 0; left = end - Date.now()) {
      if (poll([pidfd], Math.min(left, MAX_TIMEOUT))[0]) return true
    }
    return false
  } finally {
    close(pidfd)
  }
}

const signalName = (number: number): string =>
  Object.entries(signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`

/** Why it could not become the hook; nothing when it did. */
const troubleOf = (line: number, calls: readonly StubCall[]): string | undefined => {
  if (!poll([line], 0)[0]) return undefined
  const bytes = Buffer.alloc(RECORD_SIZE)
  const size = read(line, bytes, RECORD_SIZE)
  const [record] = parseRecords(bytes.subarray(0, size))
  return record && `cannot start: ${describe(stubFailure(record, calls))}`
}

const start = (calls: readonly StubCall[], files: readonly number[], run: HookRun): number => {
  const stub = writeStub(stubImage(calls, REPORT_FD))
  const inside = run.container === undefined ? [] : openInside(run.container)
  const raised = [...files, ...inside].map((file) => dupAbove(file, FREE_FD))
  try {
    const born = (): number => spawn(`/proc/self/fd/${stub}`, ['tsrun', 'hook'], raised)
    return inPidNamespace(run.container ?? 0, run.namespaces ?? 0, born)
  } finally {
    for (const file of [stub, ...inside, ...raised]) close(file)
  }
}

const openInside = (container: number): readonly number[] => [
  pidfdOpen(container, 0),
  openat(AT_FDCWD, `/proc/${container}/root`, O_PATH | O_DIRECTORY),
]

/**
 * @param pointer into config.json: `/hooks/createRuntime/0`
 * @param state what it reads
 * @throws Failure that names the hook, how it ended, after how long, and what it said last
 */
export const runHook = (hook: Hook, pointer: string, state: string, run: HookRun): void => {
  const input = memoryFile(state)
  const output = memoryFile('')
  const [line, report] = socketpair()
  const begin = Date.now()
  // The pid namespace is joined by its birth, the rest by the stub.
  const namespaces = (run.namespaces ?? 0) & ~CLONE_NEWPID
  const calls = hookCalls(hook, pointer, { ...run, namespaces })
  try {
    const pid = start(calls, [input, output, output, report], run)
    const inTime = awaitEnd(pid, hook.timeout)
    if (!inTime) killGroup(pid)
    const { status, signal } = wait(pid)!
    const trouble = troubleOf(line, calls)
    if (inTime && status === 0 && trouble === undefined) return
    const how = !inTime
      ? `timed out after ${hook.timeout} s and was killed`
      : signal !== 0
        ? `was killed by ${signalName(signal)}`
        : `exit status ${status}`
    const said = tailOf(output)
    const message = `hook ${pointer} (${hook.path}): ${trouble ?? how} after ${Date.now() - begin} ms`
    throw new Failure(said === '' ? message : `${message}: ${said}`, {
      code: inTime ? 'HOOK_FAILED' : 'HOOK_TIMED_OUT',
      pointer,
    })
  } finally {
    for (const file of [input, output, line, report]) close(file)
  }
}
