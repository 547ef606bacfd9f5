/** The process that keeps a scope open until the container's own is in it, see anchor-image.ts. Parent. */
import { close, memfdCreate, write } from '../../../sys/file.ts'
import { MFD_CLOEXEC } from '../../../sys/flags/open.ts'
import { SIGKILL } from '../../../sys/flags/signal.ts'
import { hasCode } from '../../../sys/error.ts'
import { spawn } from '../../../sys/exec.ts'
import { wait } from '../../../sys/process.ts'
import { kill } from '../../../sys/signal.ts'
import { socketpair } from '../../../sys/socket.ts'
import { anchorImage } from './anchor-image.ts'

interface Anchor {
  readonly pid: number
  /** When this is closed, by our death too, the process ends. */
  readonly line: number
}

/** By unit: those of this process. */
const anchors = new Map<string, Anchor>()

/** @returns the pid of a process that waits in our cgroup, to be moved */
export const dropAnchor = (unit: string): number => {
  const image = anchorImage(process.arch === 'arm64' ? 'arm64' : 'x64')
  const file = memfdCreate('tsrun-anchor', MFD_CLOEXEC)
  const [line, theirs] = socketpair()
  try {
    write(file, image, image.length)
    // Nothing of ours stays open in it: whoever reads our output may wait for its end.
    const pid = spawn(`/proc/self/fd/${file}`, ['tsrun-anchor'], [theirs, theirs, theirs])
    anchors.set(unit, { pid, line })
    return pid
  } catch (error) {
    close(line)
    throw error
  } finally {
    close(theirs)
    close(file)
  }
}

/** Once others are in the scope, or it is given up; again does no harm. */
export const weighAnchor = (unit: string): void => {
  const anchor = anchors.get(unit)
  if (!anchor) return
  anchors.delete(unit)
  close(anchor.line)
  try {
    kill(anchor.pid, SIGKILL)
    wait(anchor.pid)
  } catch (error) {
    if (!hasCode(error, 'ESRCH', 'ECHILD')) throw error
  }
}
