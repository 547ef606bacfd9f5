/** The processes in a container's cgroup, and their end. Parent. */
import { join } from '../../path.ts'
import { hasCode } from '../../sys/error.ts'
import { writeControl } from './control-file.ts'
import { letDie, setFrozen } from './freeze.ts'
import { listPids } from './tree.ts'
import { directoriesOf, type SavedCgroup } from './places.ts'
import { backOff } from '../../sys/time.ts'

type Cgroup = Pick<SavedCgroup, 'mode' | 'paths'>

/** Host pids of a container. */
export const containerPids = (cgroup: Cgroup): readonly number[] => {
  const directory = directoryOfProcesses(cgroup)
  return directory === undefined ? [] : listPids(directory)
}

/** All hierarchies have the same processes; a hybrid host's v2 can kill them all at once. */
const directoryOfProcesses = (cgroup: Cgroup): string | undefined =>
  cgroup.paths[''] ?? cgroup.paths['devices'] ?? directoriesOf(cgroup)[0]

/** How long killed processes may take to go, ms. */
const PATIENCE = 10000

/**
 * Sends a signal to every process of the container. SIGKILL leaves none alive: those that are being
 * forked meanwhile and those that are frozen die too.
 * @param signal its number
 * @returns whether all are gone, for SIGKILL; else true
 */
export const killAll = (cgroup: Cgroup, signal: number): boolean => {
  const directory = directoryOfProcesses(cgroup)
  if (directory === undefined) return true
  if (signal !== SIGKILL) {
    signalAll(listPids(directory), signal)
    return true
  }
  if (listPids(directory).length === 0) return true
  const wait = backOff(PATIENCE)
  if (killByKernel(cgroup.paths[''])) letDie(cgroup)
  else killOneByOne(cgroup, directory)
  while (listPids(directory).length > 0) {
    if (!wait()) return false
    if (cgroup.paths[''] === undefined) killOneByOne(cgroup, directory)
  }
  return true
}

const SIGKILL = 9

/** cgroup.kill, Linux 5.14. */
const killByKernel = (unified: string | undefined): boolean => {
  if (unified === undefined) return false
  try {
    writeControl(join(unified, 'cgroup.kill'), '1')
    return true
  } catch (error) {
    // Removed between the open and the write, as systemd does when the last process has just gone.
    if (hasCode(error, 'ENODEV')) return true
    if (hasCode(error, 'ENOENT')) return false
    throw error
  }
}

/** Who is frozen cannot fork away from the list; v1's freezer holds back even SIGKILL until the thaw. */
const killOneByOne = (cgroup: Cgroup, directory: string): void => {
  try {
    setFrozen(cgroup, true)
  } catch {
    // Without a freezer the next round gets who was forked during this one.
  }
  signalAll(listPids(directory), SIGKILL)
  letDie(cgroup)
}

const signalAll = (pids: readonly number[], signal: number): void => {
  for (const pid of pids) {
    try {
      // pid 0 is a process of another pid namespace, and would mean our own group.
      if (pid > 0) process.kill(pid, signal)
    } catch (error) {
      if (!hasCode(error, 'ESRCH')) throw error
    }
  }
}
