/**
 * PARENT. `create`: from a bundle to a process that waits for `start`.
 *
 * Whatever fails on the way, everything done before is taken back, last first, and one error says what
 * failed. Being killed on the way is another matter: `delete --force` takes back what the state directory
 * tells of, so everything is written there before it is made.
 */
import { resolve } from '../path.ts'
import { init } from '../init/init.ts'
import type { InitFiles } from '../init/plan.ts'
import { warn } from '../log.ts'
import { applyLimits } from '../linux/cgroup/limits/apply.ts'
import { deleteCgroup } from '../linux/cgroup/remove.ts'
import { createCgroup, placesOfBirth } from '../linux/cgroup/parent.ts'
import { bothOf, type Place, type SavedCgroup } from '../linux/cgroup/places.ts'
import { KeptFilters } from '../linux/seccomp/cache.ts'
import { givePipes } from '../linux/streams/parent.ts'
import { joinRdt, makeRdt, removeRdt } from '../linux/intel-rdt/parent.ts'
import { blamingKernel } from '../linux/namespaces/supported.ts'
import { foundHostMounts, removeHostMounts } from '../linux/rootfs/host-mounts.ts'
import { blamingDirectories } from '../linux/rootfs/reach.ts'
import { mapIds } from '../linux/idmap/map.ts'
import { raiseHardLimits } from '../linux/rlimits/parent.ts'
import { writeOomScore } from '../linux/oom/parent.ts'
import { annotationOf } from '../spec/annotations.ts'
import { parseConfig, readConfig } from '../spec/load.ts'
import type { Config } from '../spec/types.ts'
import type { StubProcess } from '../stub/process.ts'
import { endStub } from '../stub/spawn.ts'
import { sendGo } from '../sync/channel.ts'
import { inside, outside } from '../sys/elsewhere.ts'
import { pidfdOpen } from '../sys/process.ts'
import { listenForPackets } from '../sys/socket.ts'
import { giveBirth, spawnForBirth, type Sockets } from './birth.ts'
import { connectConsole, openConsole, type Console } from './console.ts'
import { hasHooks, runHooks, runPoststop } from './hooks/hooks.ts'
import { makeNotifyDirectory, notifyHost, withNotifySocket } from './notify-socket.ts'
import { planContainer, type ContainerPlan } from './prepare.ts'
import { connectPidfdSocket, sendPidfd } from './pidfd-socket.ts'
import { blamingMemory } from './oom.ts'
import { writePidFile } from './pid-file.ts'
import { findProgram } from './program-lookup.ts'
import { identify } from './process.ts'
import { described, expectedState, newState } from './state/new.ts'
import { removeState } from './state/remove.ts'
import type { CreateRequest } from './request.ts'
import {
  CREATING_SOCKET,
  directoryOf,
  markCreated,
  reserve,
  saveConfig,
  withShortPath,
  writeState,
  type ContainerState,
} from './state/state.ts'
import { awaitReady } from './stub-failure.ts'
import { Undo } from './undo.ts'
import { variable } from '../sys/caller.ts'

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

/** What `build` has when it makes the process. */
interface Ground {
  /** Of config.json. */
  readonly text: string
  readonly plan: ContainerPlan
  readonly directory: string
  readonly expected: ContainerState
  readonly sockets: Sockets
  readonly process: StubProcess
  readonly undo: Undo
}

/** Names the process and gives it what only we may give; hooks and other commands can look it up then. */
const introduce = (
  { text, plan, directory, expected, process: { pid } }: Ground,
  cgroup: SavedCgroup,
): ContainerState => {
  if (plan.idMappings) mapIds(pid, plan.idMappings)
  const state = { ...expected, cgroup, init: identify(pid) }
  raiseHardLimits(plan.rlimits, pid)
  writeOomScore(plan.config.process?.oomScoreAdj, pid)
  // While it has one thread and no children: what it starts later follows.
  if (state.rdt) joinRdt(state.rdt, pid)
  // Before the first hook, for whoever is to run the last ones; and while the process mounts there is time for it.
  saveConfig(text, directory)
  givePipes(plan.init.streams, plan.config, plan.config.process?.user ?? {})
  if (hasHooks(plan.config)) writeState(directory, state)
  return state
}

/**
 * In a new user namespace nothing works before its ids are mapped; and over what has made itself undumpable nobody but
 * root has power.
 */
const isIntroducedFirst = ({ idMappings }: ContainerPlan): boolean =>
  idMappings !== undefined || process.geteuid!() !== 0

/** Cgroups that go again when nobody is in them any more. */
const makePlaces = (
  { plan: { cgroup }, process, undo }: Ground,
  places: readonly Place[],
): SavedCgroup => {
  const made = createCgroup(cgroup, places)
  undo.add(() => deleteCgroup(made))
  undo.add(() => endStub(process))
  return made
}

/**
 * The container's process, which is born while tsrun goes on: new namespaces take the kernel a millisecond.
 * @returns descriptors of its own, and what it is to enter
 */
const bear = (ground: Ground): { readonly files: InitFiles; readonly cgroup: SavedCgroup } => {
  const { plan, sockets, process } = ground
  const first = placesOfBirth(plan.cgroup)
  const birthplace = makePlaces(ground, first)
  const files = giveBirth(process, plan, birthplace, sockets)
  const others = plan.cgroup.places.filter((place) => !first.includes(place))
  const cgroup = others.length > 0 ? bothOf(birthplace, makePlaces(ground, others)) : birthplace
  return { files: { ...files, cgroup }, cgroup }
}

/** From the birth until the stub waits. @throws Failure */
const bringUp = (ground: Ground): Created => {
  const { plan, directory, process } = ground
  const { config } = plan
  const { files, cgroup } = bear(ground)
  let known: ContainerState | undefined
  const introduced = (): ContainerState => (known ??= introduce(ground, cgroup))
  if (isIntroducedFirst(plan)) introduced()
  const calls = inside(process, () => {
    const table = init(plan.init, files, {
      meanwhile: () => {
        introduced()
        plan.prepareFilter()
      },
      runHooks: (point) =>
        outside(() => {
          const state = introduced()
          if (point === 'createRuntime') runHooks('prestart', config, state, 'creating')
          runHooks(point, config, state, 'creating')
        }),
    })
    if (plan.init.args) findProgram(ground.expected.program, table)
    return table
  })
  process.become(calls)
  const state = introduced()
  const complete = {
    ...state,
    calls: described(calls),
    ...(state.hostMounts && { hostMounts: foundHostMounts(state.hostMounts) }),
  }
  writeState(directory, complete)
  awaitReady(process, calls)
  const pidfd = pidfdOpen(process.pid, 0)
  return { directory, config, state: complete, pidfd, line: process.line }
}

/** What the container takes of the host, beside its cgroups. */
const takePlace = ({ rdt }: ContainerPlan, { hostMounts }: ContainerState, undo: Undo): void => {
  if (rdt) {
    const made = makeRdt(rdt.plan, rdt.root)
    undo.add(() => removeRdt(made))
  }
  if (hostMounts) undo.add(() => removeHostMounts(hostMounts))
}

const openPidfdSocket = ({ config }: ContainerPlan, request: CreateRequest): number | undefined => {
  const receiver = request.pidfdSocket ?? annotationOf(config, 'run.oci.pidfd_receiver')
  return receiver === undefined ? undefined : connectPidfdSocket(receiver)
}

const build = (request: CreateRequest, waitsForStart: boolean, undo: Undo): Created => {
  const text = readConfig(request.bundle)
  const filters = new KeptFilters(request.root)
  const asked = parseConfig(text, (profile) => filters.has(profile))
  const isNotified = notifyHost(variable) !== undefined
  const config = isNotified ? withNotifySocket(asked, directoryOf(request)) : asked
  const plan = planContainer(config, request, waitsForStart, filters)
  plan.warnings.forEach(warn)

  // The id is ours from here on, or somebody else's: mkdir decides.
  const directory = reserve(request)
  undo.add(() => removeState(directory))
  if (isNotified) makeNotifyDirectory(directory)
  undo.add(() => runPoststop(plan.config, newState(plan, request)))

  // Whoever is to hear of the container listens already, or it is not made.
  const pidfdSocket = openPidfdSocket(plan, request)
  const console = plan.init.terminal && !request.consoleSocket ? openConsole() : undefined
  const sockets = {
    ...(plan.init.terminal && { console: connectConsole(request.consoleSocket, console) }),
    ...(waitsForStart && { listener: withShortPath(directory, CREATING_SOCKET, listenForPackets) }),
  }
  // It starts while tsrun goes on; were tsrun killed now, it would end by itself.
  const process = spawnForBirth(plan, sockets)
  undo.add(() => endStub(process))

  // The cgroup's paths are on disk before the cgroup exists, and it exists before the container's process: a v2
  // cgroup is cheapest to be born in.
  const expected = expectedState(plan, request)
  writeState(directory, expected)
  takePlace(plan, expected, undo)
  const ground = { text, plan, directory, expected, sockets, process, undo }
  const created = blamingKernel(config.linux?.namespaces, () =>
    blamingDirectories(plan.init.rootfs.path, plan.idMappings, () => bringUp(ground)),
  )

  // What waits now needs a page or two; a limit below even that kills it in v2.
  blamingMemory(created.state, () => applyLimits(plan.cgroup))
  if (waitsForStart) markCreated(directory)
  if (pidfdSocket !== undefined) sendPidfd(pidfdSocket, created.pidfd, 'standard')
  if (request.pidFile !== undefined) writePidFile(request.pidFile, created.state.init.pid)
  // From here on the container is on its own; a tsrun killed before has made none. It may have been killed
  // itself, by its limits: then there is no container either.
  if (waitsForStart) blamingMemory(created.state, () => sendGo(created.line))
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

export const create = (request: CreateRequest): void => void createContainer(request, true)
