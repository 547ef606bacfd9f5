/**
 * Makes the process that becomes the container. Parent; the child's side is `lib/init`.
 *
 * The child is a whole copy of tsrun with one thread, so it can do what it likes: unshare, setns, mount.
 */
import type { InitFiles, InitPlan } from '../init/plan.ts'
import { init } from '../init/init.ts'
import { reportFailure } from '../init/failure.ts'
import { chooseBirth, needsBirth } from '../linux/namespaces/birth.ts'
import { flagsOf, type NamespacePlan } from '../linux/namespaces/plan.ts'
import type { TimeOffsets } from '../spec/types.ts'
import { sendMessage } from '../sync/channel.ts'
import { recordStagesIn } from '../sync/stage.ts'
import { CLONE_PARENT } from '../sys/flags/process.ts'
import { close } from '../sys/file.ts'
import { SIGKILL } from '../sys/flags/signal.ts'
import { clone, exitNow, pidfdOpen, pidfdSendSignal, wait } from '../sys/process.ts'
import { listen } from './conversation.ts'
import { failureOf } from './child-failure.ts'

/** The cgroup namespace is made by the child, when it is in its cgroup; the time namespace before its birth. */
const cloneFlags = ({ create }: NamespacePlan): number =>
  flagsOf(create.filter((type) => type !== 'cgroup' && type !== 'time'))

/** The process in between. The container is its child and becomes ours by CLONE_PARENT. */
const forkAgain = (plan: InitPlan, files: InitFiles, offsets: TimeOffsets): never => {
  try {
    recordStagesIn(files.stage)
    chooseBirth(plan.namespaces, files.namespaces, offsets)
    const pid = clone(cloneFlags(plan.namespaces) | CLONE_PARENT, files.cgroup.directory)
    if (pid === 0) return init(plan, files)
    sendMessage(files.line, { type: 'forked', pid })
    return exitNow(0)
  } catch (error) {
    return reportFailure(error, files.line)
  }
}

/** @returns the pid of the child */
export const forkInit = (plan: InitPlan, files: InitFiles, offsets: TimeOffsets): number => {
  const { namespaces } = plan
  if (!needsBirth(namespaces)) {
    const pid = clone(cloneFlags(namespaces), files.cgroup.directory)
    return pid === 0 ? init(plan, files) : pid
  }
  const between = clone(0)
  if (between === 0) return forkAgain(plan, files, offsets)
  const pidfd = pidfdOpen(between, 0)
  try {
    const message = listen(files.parentLine, pidfd, between, files.stage)
    if (message.type === 'forked') return message.pid
    throw failureOf(message, files.stage, [])
  } catch (error) {
    pidfdSendSignal(pidfd, SIGKILL, null, 0)
    throw error
  } finally {
    close(pidfd)
    wait(between)
  }
}
