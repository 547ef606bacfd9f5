/** Makes a stub: a child of tsrun's that is nothing of it from its first instruction on. Parent. */
import { warn } from '../log.ts'
import { hasCode } from '../sys/error.ts'
import { close } from '../sys/file.ts'
import { SIGKILL } from '../sys/flags/signal.ts'
import { pidfdOpen, wait } from '../sys/process.ts'
import { kill, poll } from '../sys/signal.ts'
import { setReceiveTimeout, socketpair } from '../sys/socket.ts'
import { spawn } from '../sys/spawn.ts'
import { Conversation } from './conversation.ts'
import { stubImage } from './image.ts'
import { writeStub } from './memory-file.ts'
import { whyStuck } from './patience.ts'
import { NOTICE } from '../sync/long-wait.ts'
import { StubProcess } from './process.ts'

const spawnImage = (image: Uint8Array, files: ReadonlyMap<number, number>): number => {
  const file = writeStub(image)
  try {
    return spawn(`/proc/self/fd/${file}`, ['tsrun', 'init'], [], files)
  } finally {
    close(file)
  }
}

/**
 * In a session of its own, with tsrun's credentials, namespaces, root and working directory.
 * @param lineFd where its end of the line shall be
 * @param files what else it shall have: our descriptors by its numbers
 */
export const spawnStub = (lineFd: number, files: ReadonlyMap<number, number>): StubProcess => {
  const { bytes, layout } = stubImage(lineFd)
  const [line, theirs] = socketpair()
  try {
    setReceiveTimeout(line, NOTICE)
    const pid = spawnImage(bytes, new Map([...files, [lineFd, theirs]]))
    return new StubProcess(pid, new Conversation(line, layout))
  } catch (error) {
    close(line)
    throw error
  } finally {
    close(theirs)
  }
}

/** Milliseconds. */
const KILL_PATIENCE = 5000

/**
 * Reaps a process that was sent SIGKILL. One that is in the kernel's hands for longer, as in a frozen v1 cgroup or
 * with a file server that is gone, ends when these let go of it.
 */
export const reapSoon = (pid: number): void => {
  const pidfd = pidfdOpen(pid, 0)
  const [ended] = poll([pidfd], KILL_PATIENCE)
  close(pidfd)
  if (ended) wait(pid)
  else
    warn(
      `process ${pid} has not ended yet after SIGKILL: ${whyStuck(pid) ?? 'its state is unknown'}`,
    )
}

/** Ends and reaps it, whatever it has become. The second time nothing is left to do. */
export const endStub = (stub: StubProcess): void => {
  if (stub.state === 'ended') return
  const pid = stub.remaining()
  stub.state = 'ended'
  close(stub.line)
  if (pid === undefined) return
  try {
    kill(pid, SIGKILL)
    reapSoon(pid)
  } catch (error) {
    if (!hasCode(error, 'ESRCH', 'ECHILD')) throw error
  }
}
