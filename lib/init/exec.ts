/**
 * INSIDE. `exec`: a process joins a container that runs.
 *
 * Whoever is in the container may look at it from the moment it is in the pid namespace: it is undumpable
 * since before its birth, so nobody can trace it or open its descriptors (CVE-2016-9962). Those with
 * CAP_SYS_PTRACE can, and follow its root and its working directory as well: so both are the container's by then.
 */
import { enterCgroup } from '../linux/cgroup/inside.ts'
import type { SavedCgroup } from '../linux/cgroup/places.ts'
import { joinSessionKeyring } from '../linux/keyring/inside.ts'
import { openInRoot } from '../linux/mounts/target.ts'
import { labelKeys } from '../linux/selinux/inside.ts'
import { giveStreams } from '../linux/streams/give.ts'
import { openTerminal, takeTerminal } from '../linux/terminal/inside.ts'
import type { StubCall } from '../stub/table.ts'
import { inSteps, step } from '../sync/stage.ts'
import { resetAffinity, setAffinity } from '../sys/affinity.ts'
import { together } from '../sys/elsewhere.ts'
import { hasCode } from '../sys/error.ts'
import { chdir, chroot, close, fchdir, openat } from '../sys/file.ts'
import { AT_FDCWD, O_DIRECTORY, O_PATH } from '../sys/flags/open.ts'
import { becomeRoot } from '../sys/identity.ts'
import { STUB_NAME } from '../stub/memory-file.ts'
import { setName, setns, setsid, umask } from '../sys/process.ts'
import { environmentFor } from './environment.ts'
import type { ExecFiles, ExecPlan } from './exec-plan.ts'
import { lastCalls } from './leave.ts'

/** Resolved by the kernel inside the root and never through a magic link of /proc (CVE-2024-21626). */
const openWorkingDirectory = (path: string, root: number): number | undefined => {
  step(`chdir to cwd (${JSON.stringify(path)})`, '/process/cwd')
  try {
    return openInRoot(root, path, O_DIRECTORY)
  } catch (error) {
    if (hasCode(error, 'EACCES')) return undefined
    throw error
  }
}

const enterRoot = (root: number): void => {
  step("enter the container's root")
  fchdir(root)
  chroot('.')
  chdir('/')
  close(root)
}

/** Into the cgroup, whose files are the host's: cgroup and affinity are inherited by the process's child. */
export const enterItsCgroup = (
  cgroup: Pick<SavedCgroup, 'paths'>,
  { affinity }: ExecPlan,
): void => {
  step("join the container's cgroup")
  if (affinity.initial) setAffinity(affinity.initial)
  const root = openat(AT_FDCWD, '/', O_PATH | O_DIRECTORY)
  enterCgroup(cgroup, root)
  close(root)
  if (affinity.final) setAffinity(affinity.final)
  else if (!affinity.initial) resetAffinity()
}

/**
 * Into everything but the pid namespace.
 * @returns the container's root
 */
export const joinNamespaces = (plan: ExecPlan, files: ExecFiles): number => {
  setName(STUB_NAME)
  // All in one call: the kernel takes the user namespace first, and all or none.
  step("join the container's namespaces")
  if (plan.namespaces !== 0) setns(files.container, plan.namespaces)
  if (plan.userNamespace !== 0) becomeRoot()
  if (files.root !== undefined) enterRoot(files.root)
  const { sessionKeyring, labels } = plan
  if (sessionKeyring !== undefined) {
    labelKeys(labels.selinux, files.proc ?? -1, () => joinSessionKeyring(sessionKeyring))
  }
  if (files.proc !== undefined) close(files.proc)
  return openat(AT_FDCWD, '/', O_PATH | O_DIRECTORY)
}

const prepareProgram = (
  plan: ExecPlan,
  root: number,
  console: number | undefined,
): readonly StubCall[] => {
  setsid()
  const workingDirectory = openWorkingDirectory(plan.cwd, root)
  const environment = environmentFor(plan, root)
  if (plan.terminal) takeTerminal(openTerminal(plan.terminal, root, console!))
  close(root)
  giveStreams(plan.streams, plan.uid)
  return together(() => {
    if (workingDirectory !== undefined) fchdir(workingDirectory)
    umask(plan.umask)
    return lastCalls(plan, environment, workingDirectory === undefined)
  })
}

/**
 * @param root of the container
 * @param console where the master of the program's terminal goes
 * @returns what is left to do, as the program's user
 */
export const execInit = (
  plan: ExecPlan,
  root: number,
  console: number | undefined,
): readonly StubCall[] => inSteps(() => prepareProgram(plan, root, console))
