/** Makes a stub: a child of tsrun's that is nothing of it from its first instruction on. Parent. */
import { hasCode } from '../sys/error.ts'
import { close } from '../sys/file.ts'
import { SIGKILL } from '../sys/flags/signal.ts'
import { wait } from '../sys/process.ts'
import { kill } from '../sys/signal.ts'
import { setReceiveTimeout, socketpair } from '../sys/socket.ts'
import { spawn } from '../sys/spawn.ts'
import { Conversation } from './conversation.ts'
import { stubImage } from './image.ts'
import { writeStub } from './memory-file.ts'
import { PATIENCE } from './patience.ts'
import { StubProcess } from './process.ts'

/**
 * In a session of its own, with tsrun's credentials, namespaces, root and working directory.
 * @param lineFd where its end of the line shall be
 * @param files what else it shall have: our descriptors by its numbers
 */
export const spawnStub = (lineFd: number, files: ReadonlyMap<number, number>): StubProcess => {
  const { bytes, layout } = stubImage(lineFd)
  const [line, theirs] = socketpair()
  setReceiveTimeout(line, PATIENCE)
  const image = writeStub(bytes)
  try {
    const all = new Map([...files, [lineFd, theirs]])
    const pid = spawn(`/proc/self/fd/${image}`, ['tsrun', 'init'], [], all)
    return new StubProcess(pid, new Conversation(line, layout))
  } catch (error) {
    close(line)
    throw error
  } finally {
    close(image)
    close(theirs)
  }
}

/** Ends and reaps it, whatever it has become. */
export const endStub = ({ pid, line, state }: StubProcess): void => {
  if (state === 'replaced') return
  close(line)
  if (state === 'gone') return
  try {
    kill(pid, SIGKILL)
    wait(pid)
  } catch (error) {
    if (!hasCode(error, 'ESRCH', 'ECHILD')) throw error
  }
}
