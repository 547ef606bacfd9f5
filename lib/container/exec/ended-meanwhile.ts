/**
 * PARENT. `exec` into a container that ends meanwhile: whichever call notices it first, the reason is the same.
 *
 * setns(2) says ESRCH then, clone(2) ENOMEM (pid_namespaces(7)), /proc/PID is gone, and a process of ours that was
 * in the pid namespace already is killed with all others.
 */
import { chain, Failure } from '../../failure.ts'
import { hasCode } from '../../sys/error.ts'
import { poll } from '../../sys/signal.ts'
import { isEnding, type ProcessId } from '../process.ts'

/** Who is killed together, by a cgroup, need not end in the order that we look at, ms. */
const PATIENCE = 500

export const notRunning = (more = ''): Failure =>
  new Failure(`cannot exec in a stopped container${more}`, { code: 'NOT_RUNNING' })

/** What the line to our process in it says when that was killed, or is about to be. */
const CUT_OFF = ['INIT_DIED', 'EPIPE', 'ECONNRESET']

const isCutOff = (error: unknown): boolean => chain(error).some((e) => hasCode(e, ...CUT_OFF))

/** Told with a reason of its own: that is true whatever has become of the container. */
const isExplained = (error: unknown): boolean =>
  chain(error).some((e) => e instanceof Failure && e.code !== undefined && e.code !== 'INIT_DIED')

/**
 * @param container a pidfd of its first process
 * @param error why the program could not be started
 * @returns that, or that the container has ended
 */
export const blamingEnd = (error: unknown, container: number, init: ProcessId): unknown => {
  if (isExplained(error)) return error
  const [hasEnded] = poll([container], isCutOff(error) ? PATIENCE : 0)
  if (!hasEnded && !isEnding(init)) return error
  return notRunning(': it ended while the program was being started')
}
