/**
 * Makes a container's cgroups and puts processes into them. Parent. cgroups(7).
 *
 * The cheap way in: on Linux, moving another process into a cgroup waits for an RCU grace period, 5 to
 * 10 ms. A thread that moves itself by writing 0 to v1's `tasks` does not wait, nor does a process that
 * clone3(2) starts in its v2 cgroup. So the parent opens the doors (`openDoors`), the child steps
 * through them (child.ts), and `joinCgroup` is for who cannot do that.
 */
import { closeSync, constants, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { Failure, doing } from '../../failure.ts'
import { hasCode } from '../../sys/error.ts'
import { applyWrites } from './apply.ts'
import {
  makeCgroup,
  readControl,
  removeCgroup,
  tryReadControl,
  writeControl,
} from './control-file.ts'
import { inheritCpuset } from './cpuset.ts'
import type { CgroupDoors, CgroupPlan, Place, SavedCgroup } from './plan.ts'
import { directoriesOf, savedFrom } from './saved.ts'
import { enableControllers } from './subtree-control.ts'

/**
 * Makes the directories and what must be in force before a process joins.
 * @throws Failure, with nothing left behind; also where the cgroup is in use or frozen
 */
export const createCgroup = (plan: CgroupPlan): SavedCgroup => {
  const made: string[] = []
  try {
    const places = plan.places.filter((place) => createPlace(place, plan, made))
    applyWrites(plan.early)
    return savedFrom(plan.mode, places, made)
  } catch (error) {
    removeMade(made)
    throw error
  }
}

/** False where the container does without. */
const createPlace = (place: Place, plan: CgroupPlan, made: string[]): boolean => {
  const { path, mountpoint, controllers } = place
  try {
    const isNew = makeDirectories(path, made)
    if (!isNew) refuseUsed(path, controllers)
    if (controllers.includes('cpuset')) {
      const set = plan.early.flatMap((write) => (write.directory === path ? [write.file] : []))
      inheritCpuset(path, mountpoint, set)
    }
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
    makeDirectories(dirname(path), made, tries - 1)
    return makeDirectories(path, made, tries - 1)
  }
}

/** Limits meant for one container would hit whoever is in there, and a frozen one would never start. */
const refuseUsed = (path: string, controllers: readonly string[]): void => {
  const pids = readControl(`${path}/cgroup.procs`)
  if (pids !== '') {
    const count = pids.split('\n').length
    throw new Failure(`container's cgroup is not empty: ${count} process(es) found in ${path}`, {
      code: 'CGROUP_IN_USE',
      pointer: '/linux/cgroupsPath',
    })
  }
  const isFrozen = controllers.includes('')
    ? tryReadControl(`${path}/cgroup.freeze`) === '1'
    : controllers.includes('freezer') && tryReadControl(`${path}/freezer.state`) === 'FROZEN'
  if (isFrozen) {
    throw new Failure(`container's cgroup unexpectedly frozen: ${path}`, {
      code: 'CGROUP_FROZEN',
      pointer: '/linux/cgroupsPath',
    })
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

/** Moves a process, all its threads with it. Takes milliseconds: see above. */
export const joinCgroup = (cgroup: Pick<SavedCgroup, 'paths'>, pid: number): void => {
  for (const directory of directoriesOf(cgroup)) {
    doing(`move process ${pid} into cgroup ${directory}`, () =>
      writeControl(`${directory}/cgroup.procs`, String(pid)),
    )
  }
}

export const openDoors = (cgroup: Pick<SavedCgroup, 'paths'>): CgroupDoors => {
  const unified = cgroup.paths['']
  const { O_WRONLY, O_RDONLY, O_DIRECTORY } = constants
  const tasks: number[] = []
  try {
    for (const path of directoriesOf(cgroup)) {
      if (path !== unified) tasks.push(openSync(`${path}/tasks`, O_WRONLY))
    }
    if (unified === undefined) return { tasks }
    return { tasks, directory: openSync(unified, O_RDONLY | O_DIRECTORY) }
  } catch (error) {
    closeDoors({ tasks })
    throw error
  }
}

export const closeDoors = ({ directory, tasks }: CgroupDoors): void => {
  for (const file of tasks) closeSync(file)
  if (directory !== undefined) closeSync(directory)
}
