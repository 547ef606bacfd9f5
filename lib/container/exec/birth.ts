/**
 * PARENT. Makes the process of `exec`: a stub joins the container, and its child, which is ours by CLONE_PARENT,
 * is born in the pid namespace.
 */
import { enterItsCgroup, joinNamespaces } from '../../init/exec.ts'
import { applyLabels } from '../../init/labels.ts'
import type { ExecFiles, ExecPlan } from '../../init/exec-plan.ts'
import { cannotJoin, cgroupOfProcess } from '../../linux/cgroup/exec.ts'
import { leaveFreezer } from '../../linux/cgroup/freeze.ts'
import { openBirthplace } from '../../linux/cgroup/parent.ts'
import type { SavedCgroup } from '../../linux/cgroup/places.ts'
import { joinUnit } from '../../linux/cgroup/systemd/parent.ts'
import { lineFd } from '../../stub/program.ts'
import type { StubProcess } from '../../stub/process.ts'
import { endStub, spawnStub } from '../../stub/spawn.ts'
import { inSteps, step } from '../../sync/stage.ts'
import { inside, together } from '../../sys/elsewhere.ts'
import { hasCode } from '../../sys/error.ts'
import { close, openat } from '../../sys/file.ts'
import { AT_FDCWD, O_DIRECTORY, O_PATH } from '../../sys/flags/open.ts'
import { CLONE_NEWPID, PR_SET_DUMPABLE } from '../../sys/flags/process.ts'
import { prctl, setns } from '../../sys/process.ts'
import type { PlannedExec } from './prepare.ts'

/** Which container, and where in it. */
export interface ExecTarget {
  readonly containerPid: number
  readonly cgroup: Pick<SavedCgroup, 'paths'>
  /** By `--cgroup`: no other will do. */
  readonly isChosen: boolean
  /** The container's, of which `cgroup` is perhaps one below. */
  readonly unit?: UnitPlace | undefined
}

/** A unit of systemd, which may move a process to where the kernel does not let one be born. */
export interface UnitPlace {
  readonly unit: string
  readonly user: boolean
  readonly directory: string
}

/** The stub itself, for good. */
const haveMoved = (pid: number, { unit, cgroup }: ExecTarget): void => {
  const { directory, ...id } = unit!
  joinUnit(id, pid, cgroup.paths['']!.slice(directory.length))
}

export interface BornForExec {
  readonly process: StubProcess
  /** Its descriptors of the container's root, and of where the master of its terminal goes. */
  readonly root: number
  readonly console: number | undefined
}

/** A rootless one has power over the pid namespace only as root of the user namespace that owns it. */
const joinPids = (plan: ExecPlan, container: number): ExecPlan => {
  step("join the container's pid namespace")
  const user = process.geteuid!() === 0 ? 0 : plan.userNamespace
  setns(container, user | CLONE_NEWPID)
  return { ...plan, namespaces: plan.namespaces & ~user }
}

/** What the process inherits, by its numbers: standard streams, what is preserved, and above the line these. */
const inheritedBy = ({ init }: PlannedExec, container: number, terminal: number | undefined) => {
  const line = lineFd(init.stub)
  const files = new Map<number, number>()
  for (let file = 0; file < line; file++) files.set(file, file)
  files.set(line + 1, container)
  if (terminal !== undefined) files.set(line + 2, terminal)
  return files
}

/** Outside still, and with it what only goes there. @returns the descriptors that stay */
const openFiles = (
  plan: ExecPlan,
  hasTerminal: boolean,
  { containerPid, cgroup }: ExecTarget,
): { readonly files: ExecFiles; readonly birthplace: number | undefined } => {
  const line = lineFd(plan.stub)
  const { proc, birthplace } = together(() => {
    // Inherited by the birth, and in force before anybody in the container can see it.
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    step('open the cgroup to join')
    const birthplace = openBirthplace(cgroup)
    enterItsCgroup(cgroup, plan)
    return { proc: openat(AT_FDCWD, '/proc', O_PATH | O_DIRECTORY), birthplace }
  })
  applyLabels(plan.labels, proc)
  const keepsProc = plan.labels.selinux !== undefined
  if (!keepsProc) close(proc)
  const files = {
    container: line + 1,
    ...(plan.entersRoot && {
      root: openat(AT_FDCWD, `/proc/${containerPid}/root`, O_PATH | O_DIRECTORY),
    }),
    ...(keepsProc && { proc }),
    ...(hasTerminal && { console: line + 2 }),
  }
  return { files, birthplace }
}

/**
 * Nobody in the container is to find anything of the host's in a process that joins it, not even who may trace it
 * all the same (CVE-2016-9962): no descriptor, and neither /proc/PID/root nor cwd. So it is where the container is,
 * and everything that takes a descriptor is done, before a process of the pid namespace is born of it; the directory
 * of the v2 cgroup takes a birth of its own.
 */
const attempt = (
  planned: PlannedExec,
  container: number,
  terminal: number | undefined,
  target: ExecTarget,
  isFar = false,
): BornForExec => {
  const { init, inPidNamespace } = planned
  const process = spawnStub(lineFd(init.stub), inheritedBy(planned, container, terminal))
  try {
    const { files, birthplace } = inSteps(() =>
      inside(process, () => openFiles(init, terminal !== undefined, target)),
    )
    if (birthplace !== undefined) {
      if (isFar) haveMoved(process.pid, target)
      else process.fork(0, birthplace)
      inside(process, () => close(birthplace))
    }
    const join = (): number => {
      const plan = inPidNamespace ? joinPids(init, files.container) : init
      return joinNamespaces(plan, files)
    }
    const root = inSteps(() => inside(process, () => together(join)))
    if (inPidNamespace) process.fork(0)
    return { process, root, console: files.console }
  } catch (error) {
    leaveFreezer(process.pid, target.cgroup)
    endStub(process)
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
    // A user's, from outside of what was delegated to that.
    const isFar = hasCode(error, 'EACCES') && target.unit?.user === true
    if (isFar) return attempt(planned, container, terminal, target, true)
    // A v2 cgroup whose controllers went to its children takes no process any more.
    if (!hasCode(error, 'EBUSY')) throw error
    if (target.isChosen) {
      const hint = 'its controllers went to the cgroups below it: name one of those'
      throw cannotJoin(target.cgroup.paths['']!, 'device or resource busy', hint, error)
    }
    const cgroup = cgroupOfProcess(target.containerPid)
    return attempt(planned, container, terminal, { ...target, cgroup })
  } finally {
    if (terminal !== undefined) close(terminal)
  }
}
