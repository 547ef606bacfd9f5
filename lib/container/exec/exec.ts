/** PARENT. `exec`: another program in a container that is there. */
import { Failure } from '../../failure.ts'
import { execInit } from '../../init/exec.ts'
import { warn } from '../../log.ts'
import { cannotJoin, planExecCgroup } from '../../linux/cgroup/exec.ts'
import { leaveFreezer } from '../../linux/cgroup/freeze.ts'
import type { SavedCgroup } from '../../linux/cgroup/places.ts'
import { joinRdt } from '../../linux/intel-rdt/parent.ts'
import { givePipes } from '../../linux/streams/parent.ts'
import { writeOomScore } from '../../linux/oom/parent.ts'
import { raiseHardLimits } from '../../linux/rlimits/parent.ts'
import { parseSavedConfig } from '../../spec/saved.ts'
import type { Config, Process } from '../../spec/types.ts'
import { endStub } from '../../stub/spawn.ts'
import type { StubCall } from '../../stub/table.ts'
import { sendGo } from '../../sync/channel.ts'
import { inside } from '../../sys/elsewhere.ts'
import { hasCode } from '../../sys/error.ts'
import { exists, unlessGone, unlink } from '../../sys/host.ts'
import { close } from '../../sys/file.ts'
import { join } from '../../path.ts'
import { pidfdOpen } from '../../sys/process.ts'
import { readTextFile } from '../../sys/text-file.ts'
import { attend, watchSignals } from '../attend.ts'
import { connectConsole, openConsole, type Console } from '../console.ts'
import { joinByBirth, type UnitPlace } from './birth.ts'
import { blamingEnd, notRunning } from './ended-meanwhile.ts'
import { planExec, type PlannedExec } from './prepare.ts'
import { processFor } from './process.ts'
import type { ExecRequest } from './request.ts'
import { endChild, isAlive } from '../process.ts'
import { connectPidfdSocket, sendPidfd } from '../pidfd-socket.ts'
import { writePidFile } from '../pid-file.ts'
import { KeptFilters } from '../../linux/seccomp/cache.ts'
import { listenerHandOver } from '../seccomp-listener.ts'
import { awaitProgram } from '../start.ts'
import { awaitReady } from '../stub-failure.ts'
import { directoryOf, readState, statusOf, type ContainerState } from '../state/state.ts'

const checkStatus = (request: ExecRequest, state: ContainerState): void => {
  const status = statusOf(directoryOf(request), state)
  if (status === 'stopped') throw notRunning()
  if (status === 'paused' && !request.ignorePaused) {
    throw new Failure('cannot exec in a paused container (use --ignore-paused to override)', {
      code: 'PAUSED',
    })
  }
}

/** Checked after it is opened: from then on the pidfd is that process and no other. */
const openContainer = ({ init }: ContainerState): number => {
  try {
    const pidfd = pidfdOpen(init.pid, 0)
    if (isAlive(init)) return pidfd
    close(pidfd)
  } catch (error) {
    if (!hasCode(error, 'ESRCH', 'EINVAL')) throw error
  }
  throw notRunning()
}

/** Where we are put: below the container's cgroup, or in ours if it has none. */
const cgroupFor = (
  { cgroup }: ContainerState,
  subs: readonly string[],
): Pick<SavedCgroup, 'paths'> => {
  if (!cgroup) return { paths: {} }
  const planned = planExecCgroup(cgroup, subs)
  const missing = subs.length > 0 && Object.values(planned.paths).find((path) => !exists(path))
  if (!missing) return planned
  const hint = '--cgroup names one that is there already, below that of the container'
  throw cannotJoin(missing, 'file not found', hint)
}

const unitOf = ({ cgroup }: ContainerState): UnitPlace | undefined => {
  const directory = cgroup?.paths['']
  return cgroup?.systemd && directory !== undefined ? { ...cgroup.systemd, directory } : undefined
}

interface Started {
  readonly pid: number
  readonly pidfd: number
  /** Our end of the line to the stub, and what it does last. */
  readonly line: number
  readonly calls: readonly StubCall[]
  /** The user's terminal, where the program's is relayed to it. */
  readonly console?: Console
  /** Written already, for a program that has not started yet. */
  readonly pidFile?: string
}

/** What `bringUp` needs. */
interface Ground {
  readonly request: ExecRequest
  readonly state: ContainerState
  readonly config: Config
  readonly process: Process
  readonly planned: PlannedExec
  readonly container: number
  readonly console: Console | undefined
}

/** From the birth until the stub waits. @throws Failure; the process is gone then */
const bringUp = (ground: Ground): Started => {
  const { request, config, planned, process, console } = ground
  const pidfdSocket =
    request.pidfdSocket === undefined ? undefined : connectPidfdSocket(request.pidfdSocket)
  const terminal = planned.init.terminal && connectConsole(request.consoleSocket, console)
  const cgroup = cgroupFor(ground.state, request.cgroups)
  const born = joinByBirth(planned, ground.container, terminal, {
    containerPid: ground.state.init.pid,
    cgroup,
    isChosen: request.cgroups.length > 0,
    unit: unitOf(ground.state),
  })
  const { pid, line } = born.process
  try {
    const pidfd = pidfdOpen(pid, 0)
    raiseHardLimits(planned.rlimits, pid)
    if (ground.state.rdt) joinRdt(ground.state.rdt, pid)
    writeOomScore(process.oomScoreAdj, pid)
    givePipes(planned.init.streams, config, process.user ?? {})
    const calls = inside(born.process, () => execInit(planned.init, born.root, born.console))
    born.process.become(calls)
    awaitReady(born.process, calls)
    if (request.pidFile !== undefined) writePidFile(request.pidFile, pid)
    if (pidfdSocket !== undefined) sendPidfd(pidfdSocket, pidfd, 'setns')
    return {
      pid,
      pidfd,
      line,
      calls,
      ...(console && { console }),
      ...(request.pidFile !== undefined && { pidFile: request.pidFile }),
    }
  } catch (error) {
    leaveFreezer(pid, cgroup)
    endStub(born.process)
    throw error
  }
}

/** The stub becomes the program, and the user's terminal the program's. */
const letGo = (
  started: Started,
  planned: PlannedExec,
  state: ContainerState,
  onWait: (() => void) | undefined,
): void => {
  const { pid, pidfd, line, calls, console, pidFile } = started
  const [program = ''] = planned.init.args ?? []
  try {
    console?.receive()
    sendGo(line)
    awaitProgram(line, { calls, program, init: { pid } }, onWait)
  } catch (error) {
    console?.restore()
    endChild(pid, pidfd)
    // conmon takes an exec for failed where there is none.
    if (pidFile !== undefined) unlessGone(() => unlink(pidFile))
    throw error
  }
}

const launchIn = (request: ExecRequest, state: ContainerState, container: number): Started => {
  const text = readTextFile(join(directoryOf(request), 'config.json'))
  const filters = new KeptFilters(request.root)
  const config = parseSavedConfig(text, (profile) => filters.has(profile))
  const process = processFor(config, request)
  const planned = planExec(process, config, request, state, filters)
  planned.warnings.forEach(warn)

  const console =
    planned.init.terminal && request.consoleSocket === undefined ? openConsole() : undefined
  const started = bringUp({ request, state, config, process, planned, container, console })
  letGo(started, planned, state, listenerHandOver(config, state, started.pid, 'running'))
  return started
}

const launch = (request: ExecRequest, state: ContainerState): Started => {
  const container = openContainer(state)
  try {
    return launchIn(request, state, container)
  } catch (error) {
    throw blamingEnd(error, container, state.init)
  } finally {
    close(container)
  }
}

/** All failures of tsrun's own are 255: the program's statuses are 0 to 254, more or less. */
const RUNTIME_FAILURE = 255

const execIn = (request: ExecRequest): number => {
  const state = readState(request)
  checkStatus(request, state)
  const arriving = request.detach ? undefined : watchSignals()
  const { pid, pidfd, console } = launch(request, state)
  if (arriving === undefined) return 0
  try {
    return attend(pid, pidfd, arriving, console)
  } finally {
    console?.restore()
  }
}

/** @returns the program's exit status, 128 + N for death by signal N; 0 when detached */
export const exec = (request: ExecRequest): number => {
  try {
    return execIn(request)
  } catch (error) {
    if (!(error instanceof Failure) || error.exitStatus === undefined) throw error
    const { message, cause, code, hint, pointer } = error
    throw new Failure(message, {
      cause,
      exitStatus: RUNTIME_FAILURE,
      ...(code !== undefined && { code }),
      ...(hint !== undefined && { hint }),
      ...(pointer !== undefined && { pointer }),
    })
  }
}
