/**
 * PARENT. Makes the process of `exec`: a stub enters the container's pid namespace, and its child, which is
 * ours by CLONE_PARENT, is born there.
 */
import type { ExecFiles, ExecPlan } from '../init/exec-plan.ts'
import { cgroupOfProcess } from '../linux/cgroup/exec.ts'
import { openDoors } from '../linux/cgroup/parent.ts'
import type { CgroupDoors, SavedCgroup } from '../linux/cgroup/plan.ts'
import { lineFd } from '../stub/program.ts'
import type { StubProcess } from '../stub/process.ts'
import { endStub, spawnStub } from '../stub/spawn.ts'
import { inSteps, step } from '../sync/stage.ts'
import { inside } from '../sys/elsewhere.ts'
import { hasCode } from '../sys/error.ts'
import { close, openat } from '../sys/file.ts'
import { AT_FDCWD, O_DIRECTORY, O_PATH } from '../sys/flags/open.ts'
import { CLONE_NEWPID, PR_SET_DUMPABLE } from '../sys/flags/process.ts'
import { prctl, setns } from '../sys/process.ts'
import type { PlannedExec } from './exec-plan.ts'

/** Which container, and where in it. */
export interface ExecTarget {
  readonly containerPid: number
  readonly cgroup: Pick<SavedCgroup, 'paths'>
}

export interface BornForExec {
  readonly process: StubProcess
  readonly files: ExecFiles
  /** What of the plan is left. */
  readonly plan: ExecPlan
}

/** A rootless one has power over the pid namespace only as root of the user namespace that owns it. */
const joinPids = ({ init }: PlannedExec, container: number): ExecPlan => {
  step("join the container's pid namespace")
  const user = process.geteuid!() === 0 ? 0 : init.userNamespace
  setns(container, user | CLONE_NEWPID)
  return { ...init, namespaces: init.namespaces & ~user }
}

const attempt = (
  planned: PlannedExec,
  container: number,
  terminal: number | undefined,
  { containerPid, cgroup }: ExecTarget,
): BornForExec => {
  const { stub, entersRoot } = planned.init
  const line = lineFd(stub)
  const inherited = new Map<number, number>()
  for (let file = 0; file < line; file++) inherited.set(file, file)
  inherited.set(line + 1, container)
  if (terminal !== undefined) inherited.set(line + 2, terminal)

  const launcher = spawnStub(line, inherited)
  try {
    const { plan, files } = inSteps(() =>
      inside(launcher, () => {
        step('open what is needed from outside')
        // Inherited by the birth, and in force before anybody in the container can see it.
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
        const doors: CgroupDoors = openDoors(cgroup)
        const root = entersRoot
          ? { root: openat(AT_FDCWD, `/proc/${containerPid}/root`, O_PATH | O_DIRECTORY) }
          : {}
        const console = terminal === undefined ? {} : { console: line + 2 }
        const proc = openat(AT_FDCWD, '/proc', O_PATH | O_DIRECTORY)
        const files = { container: line + 1, cgroup: doors, proc, ...root, ...console }
        const plan = planned.inPidNamespace ? joinPids(planned, line + 1) : planned.init
        return { plan, files }
      }),
    )
    return { process: launcher.fork(0, files.cgroup.directory), files, plan }
  } catch (error) {
    endStub(launcher)
    throw error
  }
}

/**
 * @param container a pidfd of its first process
 * @param terminal where the master of the program's terminal goes; it is closed here
 */
export const joinByBirth = (
  planned: PlannedExec,
  container: number,
  terminal: number | undefined,
  target: ExecTarget,
): BornForExec => {
  try {
    return attempt(planned, container, terminal, target)
  } catch (error) {
    // A v2 cgroup whose controllers went to its children takes no process any more.
    if (!hasCode(error, 'EBUSY')) throw error
    const cgroup = cgroupOfProcess(target.containerPid)
    return attempt(planned, container, terminal, { ...target, cgroup })
  } finally {
    if (terminal !== undefined) close(terminal)
  }
}
