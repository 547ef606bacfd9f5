/**
 * PARENT. Makes the process that becomes the container: a stub that joins what it has to be born into, and
 * then its child, which is ours by CLONE_PARENT.
 */
import type { InitFiles } from '../init/plan.ts'
import { openBirthplace } from '../linux/cgroup/parent.ts'
import type { SavedCgroup } from '../linux/cgroup/places.ts'
import { joinUnit } from '../linux/cgroup/systemd/parent.ts'
import { openTrees } from '../linux/mounts/parent.ts'
import { birthFlags, chooseBirth } from '../linux/namespaces/birth.ts'
import { openNamespaces } from '../linux/namespaces/parent.ts'
import { cannotMakeNamespaces } from '../linux/rootless/parent.ts'
import { refuseHostSysctls } from '../linux/sysctl/parent.ts'
import { lineFd, topFd } from '../stub/program.ts'
import type { StubProcess } from '../stub/process.ts'
import { spawnStub } from '../stub/spawn.ts'
import { inSteps, noStep } from '../sync/stage.ts'
import { moveAway } from '../sys/affinity.ts'
import { inside, together } from '../sys/elsewhere.ts'
import { close, openat } from '../sys/file.ts'
import { AT_FDCWD, O_DIRECTORY, O_PATH } from '../sys/flags/open.ts'
import type { ContainerPlan } from './prepare.ts'

const NO_MAPPINGS = { uid: [], gid: [] }

/** What the process gets of ours, beside the standard streams and what is preserved. */
export interface Sockets {
  /** Where the master of the terminal goes. */
  readonly console?: number
  /** Where it will wait for `start`. */
  readonly listener?: number
}

/** Ours by the numbers that they get. */
const inherited = ({ init: { stub } }: ContainerPlan, { console, listener }: Sockets) => {
  const files = new Map<number, number>()
  for (let file = 0; file < lineFd(stub); file++) files.set(file, file)
  if (listener !== undefined) files.set(topFd(stub), listener)
  if (console !== undefined) files.set(topFd(stub) + 1, console)
  return files
}

/** What cannot be opened any more from inside the container. */
const openFiles = (plan: ContainerPlan, cgroup: SavedCgroup, sockets: Sockets) => {
  const { init } = plan
  const files = {
    ...together(() => ({
      proc: openat(AT_FDCWD, '/proc', O_PATH | O_DIRECTORY),
      root: openat(AT_FDCWD, '/', O_PATH | O_DIRECTORY),
      birthplace: openBirthplace(cgroup),
    })),
    trees: openTrees(
      init.mounts,
      init.namespaces,
      plan.idMappings ?? NO_MAPPINGS,
      init.rootfs.path,
    ),
    namespaces: openNamespaces(init.namespaces),
    ...(sockets.console !== undefined && { console: topFd(init.stub) + 1 }),
  }
  refuseHostSysctls(init.sysctl, init.namespaces.join, files.namespaces)
  return files
}

/** The stub, which waits to be told. */
export const spawnForBirth = (plan: ContainerPlan, sockets: Sockets): StubProcess => {
  const stub = spawnStub(lineFd(plan.init.stub), inherited(plan, sockets))
  // Only its copies stay open: whoever holds the other ends notices when it is gone.
  for (const file of Object.values(sockets)) close(file)
  moveAway(stub.pid)
  return stub
}

/**
 * The stub goes on as the container's first process, in its new namespaces.
 * @param cgroup what there is of it
 * @returns descriptors of its own
 */
export const giveBirth = (
  process: StubProcess,
  plan: ContainerPlan,
  cgroup: SavedCgroup,
  sockets: Sockets,
): Omit<InitFiles, 'cgroup'> => {
  const { namespaces } = plan.init
  const { birthplace, ...files } = inside(process, () => openFiles(plan, cgroup, sockets))
  const far = plan.cgroup.systemd?.isFar ? plan.cgroup.systemd : undefined
  // What it makes is where it is.
  if (far) joinUnit(far, process.pid)
  const left = inSteps(() =>
    inside(process, () => chooseBirth(namespaces, files.namespaces, plan.timeOffsets)),
  )
  noStep()
  process.forkAhead(birthFlags(namespaces), far ? undefined : birthplace, (error) =>
    cannotMakeNamespaces(namespaces.create.includes('user'), error),
  )
  return { ...files, namespaces: left }
}
