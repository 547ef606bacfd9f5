/** Forks the process that joins the container. Parent; the child's side is `lib/init/exec.ts`. */
import { execInit } from '../init/exec.ts'
import type { ExecFiles, ExecPlan } from '../init/exec-plan.ts'
import { reportFailure } from '../init/failure.ts'
import { sendMessage } from '../sync/channel.ts'
import { recordStagesIn, step } from '../sync/stage.ts'
import { close } from '../sys/file.ts'
import { CLONE_NEWPID, CLONE_PARENT, PR_SET_DUMPABLE } from '../sys/flags/process.ts'
import { SIGKILL } from '../sys/flags/signal.ts'
import { clone, exitNow, pidfdOpen, pidfdSendSignal, prctl, setns, wait } from '../sys/process.ts'
import { failureOf } from './child-failure.ts'
import { listen } from './conversation.ts'

/**
 * The process in between: what it starts is born in the container's pid namespace and is our child all the
 * same, by CLONE_PARENT. Not tsrun itself: the engine may want a thread at any moment, and the kernel has
 * none for a process whose children go elsewhere. A rootless one has power over the pid namespace only as
 * root of the user namespace that owns it.
 */
const forkInside = (plan: ExecPlan, files: ExecFiles): never => {
  try {
    recordStagesIn(files.stage)
    step("join the container's pid namespace")
    const user = process.geteuid!() === 0 ? 0 : plan.userNamespace
    setns(files.container, user | CLONE_NEWPID)
    const pid = clone(CLONE_PARENT)
    if (pid === 0) return execInit({ ...plan, namespaces: plan.namespaces & ~user }, files)
    sendMessage(files.line, { type: 'forked', pid })
    return exitNow(0)
  } catch (error) {
    return reportFailure(error, files.line)
  }
}

const awaitFork = (between: number, files: ExecFiles): number => {
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

/** @returns the pid of the child, here; it waits for `go` */
export const forkExec = (plan: ExecPlan, joinsPids: boolean, files: ExecFiles): number => {
  // Inherited by the fork, and in force before anybody in the container can see the child.
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
  const pid = clone(0, files.cgroup.directory)
  if (pid !== 0) return joinsPids ? awaitFork(pid, files) : pid
  close(files.parentLine)
  return joinsPids ? forkInside(plan, files) : execInit(plan, files)
}
