/** Forks the process that joins the container. Parent; the child's side is `lib/init/exec.ts`. */
import { execInit } from '../init/exec.ts'
import type { ExecFiles, ExecPlan } from '../init/exec-plan.ts'
import { reportFailure } from '../init/failure.ts'
import { receiveMessage, sendMessage } from '../sync/channel.ts'
import { step } from '../sync/stage.ts'
import { close, openat } from '../sys/file.ts'
import { AT_FDCWD, O_RDONLY } from '../sys/flags/open.ts'
import { CLONE_NEWPID, CLONE_PARENT, PR_SET_DUMPABLE } from '../sys/flags/process.ts'
import { clone, exitNow, prctl, setns, wait } from '../sys/process.ts'
import { failureOf } from './child-failure.ts'

/** Our children are born in the container's pid namespace while `fork` runs, and in ours again later. */
const inPidNamespace = (container: number, fork: () => number): number => {
  const own = openat(AT_FDCWD, '/proc/self/ns/pid_for_children', O_RDONLY)
  setns(container, CLONE_NEWPID)
  try {
    return fork()
  } finally {
    setns(own, CLONE_NEWPID)
    close(own)
  }
}

/**
 * A rootless tsrun has power over the pid namespace only as root of the user namespace that owns it, so a
 * process in between goes there. What it starts is our child all the same, by CLONE_PARENT.
 */
const forkInside = (plan: ExecPlan, files: ExecFiles): never => {
  try {
    step("join the container's user namespace")
    setns(files.container, plan.userNamespace | CLONE_NEWPID)
    const pid = clone(CLONE_PARENT)
    if (pid === 0)
      return execInit({ ...plan, namespaces: plan.namespaces & ~plan.userNamespace }, files)
    sendMessage(files.line, { type: 'forked', pid })
    return exitNow(0)
  } catch (error) {
    return reportFailure(error, files.line)
  }
}

/**
 * @param line our end of it
 * @returns the pid of the child, here
 */
export const forkExec = (
  plan: ExecPlan,
  joinsPids: boolean,
  files: ExecFiles,
  line: number,
): number => {
  // Inherited by the fork, and in force before anybody in the container can see the child.
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
  const { directory } = files.cgroup
  if (joinsPids && plan.userNamespace !== 0 && process.geteuid!() !== 0) {
    const between = clone(0, directory)
    if (between === 0) return forkInside(plan, files)
    const message = receiveMessage(line)
    wait(between)
    if (message.type === 'forked') return message.pid
    throw failureOf(message, files.stage, [])
  }
  const fork = (): number => {
    const pid = clone(0, directory)
    return pid === 0 ? execInit(plan, files) : pid
  }
  return joinsPids ? inPidNamespace(files.container, fork) : fork()
}
