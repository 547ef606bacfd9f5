/**
 * INSIDE. A process becomes the container.
 *
 * Every system call here is made by that process (`lib/sys/elsewhere.ts`). The order is the program; each
 * step says why it stands where it stands.
 */
import { enterCgroup } from '../linux/cgroup/inside.ts'
import { makeDevices } from '../linux/devices/inside.ts'
import { makeSessionKeyring } from '../linux/keyring/inside.ts'
import { makeReadonly, mountAll } from '../linux/mounts/inside.ts'
import { bringUpLoopback, receiveNetDevices } from '../linux/network/inside.ts'
import { enterNamespaces, becomeItsRoot } from '../linux/namespaces/inside.ts'
import { hasNamespace } from '../linux/namespaces/plan.ts'
import { enterRootfs, prepareRootfs } from '../linux/rootfs/inside.ts'
import { makePathsReadonly, maskPaths } from '../linux/rootfs/hidden-paths.ts'
import { giveStreams } from '../linux/streams/give.ts'
import { writeSysctls } from '../linux/sysctl/inside.ts'
import { bindConsole, openTerminal, takeTerminal } from '../linux/terminal/inside.ts'
import { labelKeys } from '../linux/selinux/inside.ts'
import { setNames } from '../linux/uts/inside.ts'
import type { StubCall } from '../stub/table.ts'
import type { HookPoint } from '../sync/channel.ts'
import { PR_SET_DUMPABLE } from '../sys/flags/process.ts'
import { STUB_NAME } from '../stub/memory-file.ts'
import { prctl, setName, setsid, umask } from '../sys/process.ts'
import { resetAffinity } from '../sys/affinity.ts'
import { ahead } from '../sys/elsewhere.ts'
import { fchdir } from '../sys/file.ts'
import { inSteps, noStep, step } from '../sync/stage.ts'
import { applyLabels } from './labels.ts'
import { lastCalls } from './leave.ts'
import { openWorkingDirectory } from './working-directory.ts'
import { environmentFor } from './environment.ts'
import type { InitFiles, InitPlan } from './plan.ts'

/** What tsrun does meanwhile, back outside. */
export interface Outside {
  /** While the process mounts, once or several times. */
  readonly meanwhile: () => void
  readonly runHooks: (point: HookPoint) => void
}

const containerInit = (
  plan: InitPlan,
  files: InitFiles,
  { meanwhile, runHooks }: Outside,
): readonly StubCall[] => {
  const { sessionKeyring, labels } = plan
  const { isTraceable = false } = plan.stub
  const hasUserNamespace = hasNamespace(plan.namespaces, 'user')
  ahead(() => {
    // Whoever is in a namespace that we join must not trace us or open our descriptors (CVE-2016-9962).
    if (!isTraceable) prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    setName(STUB_NAME)
    setsid()
    // The cgroup before the namespaces: a cgroup namespace's root is where its maker is.
    enterCgroup(files.cgroup, files.root)
    resetAffinity()
    enterNamespaces(plan.namespaces, files.namespaces)
    becomeItsRoot(plan.namespaces)
    // Who becomes another user is undumpable, and hooks of an unprivileged tsrun could not follow.
    if (isTraceable) prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
    if (plan.namespaces.create.includes('network')) bringUpLoopback()
    if (sessionKeyring !== undefined) {
      labelKeys(labels.selinux, files.proc, () =>
        makeSessionKeyring(sessionKeyring, hasUserNamespace),
      )
    }
    setNames(plan)
  })
  receiveNetDevices(plan.netDevices)

  // Mounts come in the order of config.json, below a root that is cut off from the host's mounts.
  const rootMount = prepareRootfs(plan.rootfs, files.root)
  const sources = { trees: files.trees, cgroup: plan.cgroupMounts }
  const root = mountAll(plan.mounts, rootMount, sources, meanwhile)
  // Devices after the mounts, because /dev is one of them.
  const surroundings = { proc: files.proc, inUserNamespace: hasUserNamespace }
  if (plan.devices) makeDevices(plan.devices, root, surroundings)
  const terminal = plan.terminal && openTerminal(plan.terminal, root, files.console!)
  if (terminal !== undefined && plan.rootfs.enterBy !== 'chroot') bindConsole(terminal, root)
  // From here on nothing is made inside any more: what is to be read-only becomes so.
  makeReadonly(plan.mounts, root)
  const workingDirectory = openWorkingDirectory(plan.cwd, root)
  const environment = environmentFor(plan, root)
  // Runtime hooks see the namespaces and the mounts but still the host's root (spec: "Lifecycle", 3 to 5).
  noStep()
  runHooks('createRuntime')
  runHooks('createContainer')
  // Sysctls before their directory becomes read-only or masked, through a procfs of the host's.
  writeSysctls(plan.sysctl, files.proc)
  makePathsReadonly(plan.readonlyPaths, root)
  maskPaths(plan.maskedPaths, root)
  const enter = (): void => {
    enterRootfs(plan.rootfs, root)
    step('enter the working directory', '/process/cwd')
    if (workingDirectory !== undefined) fchdir(workingDirectory)
    umask(plan.umask)
  }
  if (plan.rootfs.enterBy === 'pivot') ahead(enter)
  else enter()
  if (terminal !== undefined) takeTerminal(terminal)
  giveStreams(plan.streams, plan.uid)
  applyLabels(labels, files.proc)
  return lastCalls(plan, environment, workingDirectory === undefined)
}

/** @returns what is left to do, as the program's user */
export const init = (plan: InitPlan, files: InitFiles, outside: Outside): readonly StubCall[] =>
  inSteps(() => containerInit(plan, files, outside))
