/**
 * Makes the process that becomes the container. Parent; the child's side is `lib/init`.
 *
 * The child is a whole copy of tsrun with one thread, so it can do what it likes: unshare, setns, mount.
 */
import type { InitFiles, InitPlan } from '../init/plan.ts'
import { init } from '../init/init.ts'
import { reportFailure } from '../init/failure.ts'
import { withChildNamespaces } from '../linux/namespaces/parent.ts'
import { flagsOf, namespaceFlags, type NamespacePlan } from '../linux/namespaces/plan.ts'
import type { TimeOffsets } from '../spec/types.ts'
import { receiveMessage, sendMessage } from '../sync/channel.ts'
import { recordStagesIn, step } from '../sync/stage.ts'
import { CLONE_PARENT } from '../sys/flags/process.ts'
import { clone, exitNow, setns, wait } from '../sys/process.ts'
import { failureOf } from './child-failure.ts'

/** The cgroup namespace is made by the child, when it is in its cgroup; the time namespace by us, before. */
const cloneFlags = ({ create }: NamespacePlan): number =>
  flagsOf(create.filter((type) => type !== 'cgroup' && type !== 'time'))

/**
 * In between, for a user namespace to be joined: what is made after setns(2) belongs to it. The container
 * is this process's child and becomes ours by CLONE_PARENT.
 */
const joinAndFork = (plan: InitPlan, files: InitFiles, userNamespace: number): never => {
  try {
    recordStagesIn(files.stage)
    step('join user namespace', '/linux/namespaces')
    setns(userNamespace, namespaceFlags.user)
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
  const user = namespaces.join.findIndex(({ type }) => type === 'user')
  const flags = cloneFlags(namespaces)
  const pid = withChildNamespaces(namespaces, files.namespaces, offsets, () => {
    const child = user < 0 ? clone(flags, files.cgroup.directory) : clone(0)
    if (child !== 0) return child
    return user < 0 ? init(plan, files) : joinAndFork(plan, files, files.namespaces[user]!)
  })
  if (user < 0) return pid

  const message = receiveMessage(files.parentLine)
  wait(pid)
  if (message.type === 'forked') return message.pid
  throw failureOf(message, files.stage, [])
}
