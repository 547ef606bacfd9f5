/**
 * CHILD. From the fork to the stub: the process becomes the container.
 *
 * Nothing here waits for an event loop and nothing returns: the last step is an execve, and every error
 * goes to the parent as data. The order is the program; each step says why it stands where it stands.
 */
import { enterCgroup } from '../linux/cgroup/child.ts'
import { makeDevices } from '../linux/devices/child.ts'
import { joinSessionKeyring } from '../linux/keyring/child.ts'
import { makeReadonly, mountAll } from '../linux/mounts/child.ts'
import { bringUpLoopback } from '../linux/network/child.ts'
import { enterNamespaces, becomeRoot } from '../linux/namespaces/child.ts'
import { hasNamespace } from '../linux/namespaces/plan.ts'
import { enterRootfs, prepareRootfs } from '../linux/rootfs/child.ts'
import { makePathsReadonly, maskPaths } from '../linux/rootfs/hidden-paths.ts'
import { writeSysctls } from '../linux/sysctl/child.ts'
import { bindConsole, openTerminal, takeTerminal } from '../linux/terminal/child.ts'
import { setNames } from '../linux/uts/child.ts'
import { setsid, umask } from '../sys/process.ts'
import { resetSignals, setSignalMask } from '../sys/signal.ts'
import { close, fchdir } from '../sys/file.ts'
import { recordStagesIn, step } from '../sync/stage.ts'
import { reportFailure } from './failure.ts'
import { reach, waitForParent } from './hook-points.ts'
import { becomeStub } from './leave.ts'
import { openWorkingDirectory } from './working-directory.ts'
import { environmentFor } from './environment.ts'
import type { InitFiles, InitPlan } from './plan.ts'

const containerInit = (plan: InitPlan, files: InitFiles): never => {
  // The parent's handlers and mask are its own; what is ignored here would stay ignored in the program.
  resetSignals(plan.ignoredSignals)
  setSignalMask([])
  setsid()

  // In a new user namespace nothing works before the parent has mapped our ids. Otherwise we go ahead while
  // it writes down that we exist; were it killed meanwhile, the stub would notice and end.
  if (plan.namespaces.create.includes('user')) waitForParent(files.line)
  // The cgroup before the namespaces: a cgroup namespace's root is where its maker is.
  enterCgroup(files.cgroup)
  enterNamespaces(plan.namespaces, files.namespaces)
  becomeRoot(plan.namespaces)
  if (plan.namespaces.create.includes('network')) bringUpLoopback()
  if (plan.sessionKeyring !== undefined) joinSessionKeyring(plan.sessionKeyring)
  setNames(plan)

  // Mounts come in the order of config.json, below a root that is cut off from the host's mounts.
  const rootMount = prepareRootfs(plan.rootfs)
  const root = mountAll(plan.mounts, rootMount, { trees: files.trees, cgroup: plan.cgroupMounts })
  // Devices after the mounts, because /dev is one of them.
  if (plan.devices) makeDevices(plan.devices, root, hasNamespace(plan.namespaces, 'user'))
  const terminal = plan.terminal && openTerminal(plan.terminal, root, files.console!)
  if (terminal !== undefined && plan.rootfs.enterBy !== 'chroot') bindConsole(terminal, root)
  // From here on nothing is made inside any more: what is to be read-only becomes so.
  makeReadonly(plan.mounts, root)
  const workingDirectory = openWorkingDirectory(plan.cwd, root)
  const environment = environmentFor(plan, root)
  // Runtime hooks see the namespaces and the mounts but still the host's root (spec: "Lifecycle", 3 to 5).
  reach('createRuntime', plan, files.line)
  reach('createContainer', plan, files.line)
  // Sysctls before their directory becomes read-only or masked, through a procfs of the host's.
  writeSysctls(plan.sysctl, files.proc)
  makePathsReadonly(plan.readonlyPaths, root)
  maskPaths(plan.maskedPaths, root)
  enterRootfs(plan.rootfs, root)

  step('enter the working directory', '/process/cwd')
  if (workingDirectory !== undefined) fchdir(workingDirectory)
  umask(plan.umask)
  if (terminal !== undefined) takeTerminal(terminal)
  // The engine ends here. What the stub still has to do is a table of system calls.
  return becomeStub(plan, environment, workingDirectory === undefined, files)
}

/** Runs in the forked child; never returns. */
export const init = (plan: InitPlan, files: InitFiles): never => {
  try {
    recordStagesIn(files.stage)
    close(files.parentLine)
    return containerInit(plan, files)
  } catch (error) {
    return reportFailure(error, files.line)
  }
}
