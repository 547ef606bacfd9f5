/**
 * Makes a container's cgroups and opens them for its processes. Parent. cgroups(7).
 *
 * The cheap way in: on Linux, moving another process into a cgroup waits for an RCU grace period, 5 to
 * 10 ms. A thread that moves itself by writing 0 to v1's `tasks` does not wait, nor does a process that
 * clone3(2) starts in its v2 cgroup (`openBirthplace`). So the process is born into the one and enters the others
 * (inside.ts).
 */
import { openat } from '../../sys/file.ts'
import { AT_FDCWD, O_DIRECTORY, O_RDONLY } from '../../sys/flags/open.ts'
import { chown, exists } from '../../sys/host.ts'
import { dirname, join } from '../../path.ts'
import { Failure } from '../../failure.ts'
import { hasCode } from '../../sys/error.ts'
import { applyWrites } from './limits/apply.ts'
import { makeCgroup, removeCgroup, tryReadControl } from './control-file.ts'
import { inheritCpuset } from './cpuset.ts'
import type { CgroupPlan } from './plan.ts'
import { savedFrom, type Place, type SavedCgroup } from './places.ts'
import { refuseFrozen, refusePopulated } from './refuse.ts'
import { markShared } from './shared.ts'
import { childrenOf } from './tree.ts'
import { enableControllers } from './subtree-control.ts'
import { abandonUnit, openUnit } from './systemd/parent.ts'

/** The places that have to be there when a process is born. It enters v1's when these are there, too. */
export const placesOfBirth = ({ places, systemd }: CgroupPlan): readonly Place[] =>
  // systemd makes all of them at once.
  systemd ? places : places.filter(({ version }) => version === 2)

/**
 * Makes the directories and what must be in force before a process joins.
 * @param some of the plan's places
 * @throws Failure, with nothing left behind; also where the cgroup is in use or frozen
 */
export const createCgroup = (plan: CgroupPlan, some = plan.places): SavedCgroup => {
  const made: string[] = []
  const found: string[] = []
  if (plan.systemd) openUnit(plan.systemd, plan.places)
  try {
    const places = some.filter((place) => createPlace(place, plan, made, found))
    applyWrites(plan.early.filter(({ directory }) => some.some(({ path }) => path === directory)))
    if (plan.owner !== undefined) for (const { path } of places) delegate(path, plan.owner)
    return savedFrom(plan, places, made, found)
  } catch (error) {
    if (plan.systemd) abandonUnit(plan.systemd)
    removeMade(made)
    throw error
  }
}

/**
 * What {@link createCgroup} will return if nothing gets in its way: to be on disk before anything is
 * made, so that whoever cleans up after a crash knows where to look.
 */
export const expectCgroup = (plan: CgroupPlan): SavedCgroup => {
  const { mode, places, systemd } = plan
  const missing = new Set<string>()
  // What systemd makes is systemd's to remove.
  for (const { path, mountpoint } of systemd && mode === 'v2' ? [] : places) {
    const above: string[] = []
    const isThere = (at: string): boolean => at === mountpoint || missing.has(at) || exists(at)
    for (let at = path; !isThere(at); at = dirname(at)) above.unshift(at)
    for (const at of above) missing.add(at)
  }
  return savedFrom(plan, places, [...missing])
}

/** False where the container does without. */
const createPlace = (place: Place, plan: CgroupPlan, made: string[], found: string[]): boolean => {
  const { path, mountpoint, controllers } = place
  try {
    const isNew = makeDirectories(path, made)
    if (!isNew && !plan.systemd) {
      refusePopulated(path)
      if (childrenOf(path).length === 0) found.push(path)
    }
    refuseFrozen(path, controllers)
    if (controllers.includes('cpuset')) {
      const set = plan.early.flatMap((write) => (write.directory === path ? [write.file] : []))
      inheritCpuset(path, mountpoint, set)
    }
    // Those that systemd does not know, too: huge pages, RDMA.
    if (plan.mode === 'v2') enableControllers(mountpoint, dirname(path))
    return true
  } catch (cause) {
    if (plan.dispensable && hasCode(cause, 'EACCES', 'EPERM', 'EROFS')) return false
    if (cause instanceof Failure) throw cause
    throw new Failure(`create cgroup ${path}`, {
      cause,
      code: 'CGROUP_CREATE',
      ...hintForCreate(cause, mountpoint),
    })
  }
}

const hintForCreate = (cause: unknown, mountpoint: string): { hint?: string } => {
  if (hasCode(cause, 'EROFS')) return { hint: `${mountpoint} is mounted read-only` }
  if (hasCode(cause, 'EACCES', 'EPERM')) {
    return {
      hint: `uid ${process.geteuid?.()} may not write there: name a cgroup that was delegated to it in linux.cgroupsPath, or start tsrun in one ("systemd-run --user --scope -p Delegate=yes …")`,
    }
  }
  return {}
}

/** mkdir -p. Another container's delete may take a parent away between two steps, hence the tries. */
const makeDirectories = (path: string, made: string[], tries = 10): boolean => {
  try {
    makeCgroup(path)
    made.push(path)
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    if (!hasCode(error, 'ENOENT') || tries === 0) throw error
    const parent = dirname(path)
    if (makeDirectories(parent, made, tries - 1)) markShared(parent)
    return makeDirectories(path, made, tries - 1)
  }
}

const removeMade = (made: readonly string[]): void => {
  for (const path of made.toReversed()) {
    try {
      removeCgroup(path)
    } catch {
      // What failed first is what the user has to hear of.
    }
  }
}

/** Only what the kernel lists may be given away: limits stay ours. */
const delegate = (path: string, owner: number): void => {
  const listed = tryReadControl('/sys/kernel/cgroup/delegate')
  const files = listed === '' ? DELEGATED : listed.split('\n')
  for (const file of [path, ...files.map((name) => join(path, name))]) {
    try {
      chown(file, owner, -1)
    } catch (error) {
      // A user cannot give away what is theirs, not even to an id that is mapped for them.
      const isUser = process.geteuid?.() !== 0 && hasCode(error, 'EPERM')
      if (!isUser && !hasCode(error, 'ENOENT')) throw error
    }
  }
}

/** Before Linux 4.15. */
const DELEGATED = ['cgroup.procs', 'cgroup.subtree_control', 'cgroup.threads']

/** @returns v2's directory, where there is one: for clone3's CLONE_INTO_CGROUP */
export const openBirthplace = ({ paths }: Pick<SavedCgroup, 'paths'>): number | undefined => {
  const unified = paths['']
  return unified === undefined ? undefined : openat(AT_FDCWD, unified, O_RDONLY | O_DIRECTORY)
}
