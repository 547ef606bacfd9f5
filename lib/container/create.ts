/**
 * PARENT. `create`: from a bundle to a process that waits for `start`.
 *
 * Whatever fails on the way, everything done before is taken back, last first, and one error says what
 * failed. Being killed on the way is another matter: `delete --force` takes back what the state directory
 * tells of, so everything is written there before it is made.
 */
import { resolve } from '../path.ts'
import type { InitFiles } from '../init/plan.ts'
import { warn } from '../log.ts'
import { applyLimits } from '../linux/cgroup/apply.ts'
import type { CgroupDoors } from '../linux/cgroup/plan.ts'
import { deleteCgroup } from '../linux/cgroup/remove.ts'
import { closeDoors, createCgroup, expectCgroup, openDoors } from '../linux/cgroup/parent.ts'
import { mapIds, openNamespaces } from '../linux/namespaces/parent.ts'
import { openTrees } from '../linux/mounts/parent.ts'
import { refuseHostSysctls } from '../linux/sysctl/parent.ts'
import { raiseHardLimits } from '../linux/rlimits/parent.ts'
import { writeOomScore } from '../linux/oom/parent.ts'
import { parseConfig, readConfig } from '../spec/load.ts'
import type { Config } from '../spec/types.ts'
import { sendGo } from '../sync/channel.ts'
import { openStage } from '../sync/stage.ts'
import { close, openat } from '../sys/file.ts'
import { AT_FDCWD, O_DIRECTORY, O_PATH } from '../sys/flags/open.ts'
import { SIGKILL } from '../sys/flags/signal.ts'
import { pidfdOpen, pidfdSendSignal, wait } from '../sys/process.ts'
import { listenForPackets, socketpair } from '../sys/socket.ts'
import { failureOf } from './child-failure.ts'
import { connectConsole, openConsole, type Console } from './console.ts'
import { despiteDeadlock, listen } from './conversation.ts'
import { forkInit } from './fork.ts'
import { runHooks, runPoststop } from './hooks.ts'
import { planContainer, type ContainerPlan } from './prepare.ts'
import { writePidFile } from './pid-file.ts'
import { identify } from './process.ts'
import type { CreateRequest } from './request.ts'
import {
  CREATING_SOCKET,
  markCreated,
  removeState,
  reserve,
  saveConfig,
  withShortPath,
  writeState,
  type ContainerState,
} from './state.ts'
import { Undo } from './undo.ts'

/** A container that is complete and waits for `go`. */
export interface Created {
  readonly directory: string
  readonly config: Config
  readonly state: ContainerState
  readonly pidfd: number
  /** Our end of the line to the stub. */
  readonly line: number
  /** The user's terminal, where the container's is relayed to it. */
  readonly console?: Console
}

const stateOf = (plan: ContainerPlan, request: CreateRequest): ContainerState => ({
  ociVersion: plan.config.ociVersion,
  id: request.id,
  bundle: request.bundle,
  rootfs: plan.init.rootfs.path,
  init: { pid: 0, startTime: 0 },
  created: new Date().toISOString(),
  owner: process.geteuid!(),
  ...(plan.config.annotations && { annotations: plan.config.annotations }),
  calls: plan.calls.map(({ call, doing, pointer }) => ({
    call,
    doing,
    ...(pointer !== undefined && { pointer }),
  })),
  program: plan.init.args?.[0] ?? '',
})

/** Ends the child and reaps it, so that nothing of it is left when we report why. */
const endChild = (pid: number, pidfd: number): void => {
  pidfdSendSignal(pidfd, SIGKILL, null, 0)
  wait(pid)
}

const converse = (
  plan: ContainerPlan,
  state: ContainerState,
  line: number,
  pidfd: number,
  stage: number,
): void => {
  for (;;) {
    const message = listen(line, pidfd, state.init.pid, stage)
    if (message.type === 'ready') return
    if (message.type !== 'reached') throw failureOf(message, stage, plan.calls)
    if (message.point === 'createRuntime') runHooks('prestart', plan.config, state, 'creating')
    runHooks(message.point, plan.config, state, 'creating')
    sendGo(line)
  }
}

const NO_MAPPINGS = { uid: [], gid: [] }

const openFiles = (
  plan: ContainerPlan,
  directory: string,
  cgroup: CgroupDoors,
  console: number | undefined,
): InitFiles => {
  const [parentLine, line] = socketpair()
  return {
    line,
    parentLine,
    stage: openStage(),
    ...(plan.init.stub.waitsForStart && {
      listener: withShortPath(directory, CREATING_SOCKET, listenForPackets),
    }),
    proc: openat(AT_FDCWD, '/proc', O_PATH | O_DIRECTORY),
    trees: openTrees(plan.init.mounts, plan.init.namespaces, plan.idMappings ?? NO_MAPPINGS),
    namespaces: openNamespaces(plan.init.namespaces),
    cgroup,
    ...(console !== undefined && { console }),
  }
}

/** Only the child's copies stay open: when it dies, reading our end of the line must end. */
const closeFiles = ({
  line,
  stage,
  listener,
  proc,
  trees,
  namespaces,
  cgroup,
  console,
}: InitFiles): void => {
  for (const file of [line, stage, proc, ...trees.values(), ...namespaces]) close(file)
  if (listener !== undefined) close(listener)
  if (console !== undefined) close(console)
  closeDoors(cgroup)
}

/** What `build` has when it forks. */
interface Ground {
  readonly request: CreateRequest
  readonly plan: ContainerPlan
  readonly files: InitFiles
  readonly directory: string
  readonly planned: ContainerState
}

/** From the fork until the stub waits. @throws Failure, Deadlock: the child is gone then */
const bringUp = ({ request, plan, files, directory, planned }: Ground): Created => {
  const line = files.parentLine
  const pid = forkInit(plan.init, files, plan.timeOffsets)
  const pidfd = pidfdOpen(pid, 0)
  try {
    // Ids first: in a new user namespace the child waits for them. The rest is written while it works.
    if (plan.idMappings) {
      mapIds(pid, plan.idMappings.uid, plan.idMappings.gid, request.rootless)
      sendGo(line)
    }
    const state = { ...planned, init: identify(pid) }
    writeState(directory, state)
    raiseHardLimits(plan.rlimits, pid)
    writeOomScore(plan.config.process?.oomScoreAdj, pid)
    converse(plan, state, line, pidfd, files.stage)
    return { directory, config: plan.config, state, pidfd, line }
  } catch (error) {
    endChild(pid, pidfd)
    throw error
  }
}

const build = (request: CreateRequest, waitsForStart: boolean, undo: Undo): Created => {
  const text = readConfig(request.bundle)
  const plan = planContainer(parseConfig(text), request, waitsForStart)
  plan.warnings.forEach(warn)

  // The id is ours from here on, or somebody else's: mkdir decides.
  const directory = reserve(request)
  undo.add(() => removeState(directory))
  saveConfig(text, directory)
  undo.add(() => runPoststop(plan.config, stateOf(plan, request)))

  // The cgroup's paths are on disk before the cgroup exists, and it exists before the fork: a v2 cgroup is
  // cheapest to be born in.
  const expected = { ...stateOf(plan, request), cgroup: expectCgroup(plan.cgroup) }
  writeState(directory, expected)
  const cgroup = createCgroup(plan.cgroup)
  undo.add(() => deleteCgroup(cgroup))

  // Everything that only the parent can open, before there is a child to inherit it.
  const console = plan.init.terminal && !request.consoleSocket ? openConsole() : undefined
  const terminal = plan.init.terminal && connectConsole(request.consoleSocket, console)
  const files = openFiles(plan, directory, openDoors(cgroup), terminal)
  refuseHostSysctls(plan.init.sysctl, plan.init.namespaces.join, files.namespaces)
  const planned = { ...expected, cgroup }
  const created = despiteDeadlock(() => bringUp({ request, plan, files, directory, planned }))
  const { pid } = created.state.init
  undo.add(() => endChild(pid, created.pidfd))
  closeFiles(files)

  // The engine has left the child: what waits now needs a page or two, and no limit is too low for it.
  applyLimits(plan.cgroup)
  if (waitsForStart) markCreated(directory)
  if (request.pidFile !== undefined) writePidFile(request.pidFile, pid)
  return { ...created, ...(console && { console }) }
}

/**
 * @param waitsForStart whether another command will start the container
 * @throws Failure, with nothing left behind
 */
export const createContainer = (request: CreateRequest, waitsForStart: boolean): Created => {
  const undo = new Undo()
  try {
    return build({ ...request, bundle: resolve(request.bundle) }, waitsForStart, undo)
  } catch (error) {
    undo.run()
    throw error
  }
}

export const create = (request: CreateRequest): void => {
  // From `go` on the container is on its own; a tsrun killed before has made none.
  sendGo(createContainer(request, true).line)
}
