/**
 * Stops and continues all processes of a container. Parent.
 * Kernel: cgroup-v1/freezer-subsystem and cgroup-v2, "cgroup.freeze".
 */
import { join } from '../../path.ts'
import { Failure } from '../../failure.ts'
import { hasCode } from '../../sys/error.ts'
import { cgroupOfProcess } from './exec.ts'
import { requireCgroup } from './none.ts'
import { readControl, writeControl } from './control-file.ts'
import { directoryFor, type SavedCgroup } from './places.ts'
import { eachChild } from './tree.ts'
import { backOff } from '../../sys/time.ts'

type Cgroup = Pick<SavedCgroup, 'mode' | 'paths'>

/** How long a process may take to stop, ms: one in uninterruptible sleep takes until it wakes. */
const PATIENCE = 10000

/**
 * Returns when all processes have stopped, or may run again.
 * @throws Failure without a freezer, and where a process does not stop: then all run again
 */
export const setFrozen = (cgroup: Cgroup, frozen: boolean): void => {
  const directory = freezerOf(cgroup)
  try {
    if (cgroup.mode === 'v2') freezeV2(directory, frozen)
    else freezeV1(directory, frozen)
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    throw new Failure(`${frozen ? 'freeze' : 'thaw'} cgroup ${directory}`, { cause })
  }
}

/** False for a container that is gone. */
export const isFrozen = (cgroup: Cgroup): boolean => {
  try {
    const directory = freezerOf(cgroup)
    if (cgroup.mode === 'v2') return readControl(join(directory, 'cgroup.freeze')) === '1'
    return readControl(join(directory, 'freezer.state')) !== 'THAWED'
  } catch (error) {
    if (error instanceof Failure || hasCode(error, 'ENOENT', 'ENODEV')) return false
    throw error
  }
}

const thawTree = (directory: string): void => {
  writeControl(join(directory, 'freezer.state'), 'THAWED')
  eachChild(directory, thawTree)
}

/**
 * For processes that were sent SIGKILL, which v1's freezer holds back: also where the container has frozen a
 * cgroup of its own inside.
 */
export const letDie = (cgroup: Cgroup): void => {
  try {
    if (cgroup.mode !== 'v2') thawTree(freezerOf(cgroup))
    else if (isFrozen(cgroup)) setFrozen(cgroup, false)
  } catch {
    // Without a freezer nothing is frozen; and a cgroup that is gone needs no thaw.
  }
}

/**
 * For a process of ours that was frozen with a container it joined: v1 lets it die at once where nothing is frozen.
 * v2 lets it die anywhere.
 */
export const leaveFreezer = (pid: number, { paths }: Pick<SavedCgroup, 'paths'>): void => {
  if (paths['freezer'] === undefined) return
  try {
    const own = cgroupOfProcess('self').paths['freezer']
    if (own !== undefined) writeControl(join(own, 'cgroup.procs'), String(pid))
  } catch {
    // It ends when the container is thawed.
  }
}

const freezerOf = (cgroup: Cgroup): string => {
  const directory = directoryFor(cgroup, 'freezer')
  if (directory !== undefined) return directory
  requireCgroup(cgroup)
  throw new Failure('the container has no freezer cgroup', { code: 'CGROUP_CONTROLLER_MISSING' })
}

const freezeV2 = (directory: string, frozen: boolean): void => {
  writeControl(join(directory, 'cgroup.freeze'), frozen ? '1' : '0')
  const wait = backOff(PATIENCE)
  const wanted = frozen ? 'frozen 1' : 'frozen 0'
  while (!readControl(join(directory, 'cgroup.events')).includes(wanted)) {
    if (wait()) continue
    writeControl(join(directory, 'cgroup.freeze'), '0')
    throw stuck(directory)
  }
}

const freezeV1 = (directory: string, frozen: boolean): void => {
  const file = join(directory, 'freezer.state')
  if (!frozen) return writeControl(file, 'THAWED')
  const wait = backOff(PATIENCE)
  for (let tries = 1; ; tries++) {
    // Reading moves FREEZING on to FROZEN; a process that was forked meanwhile needs another write.
    writeControl(file, 'FROZEN')
    if (readControl(file) === 'FROZEN') return
    // Two processes that wait for each other, as with vfork(2), stop after a moment of freedom.
    if (tries % 20 === 0) writeControl(file, 'THAWED')
    if (wait()) continue
    writeControl(file, 'THAWED')
    throw stuck(directory)
  }
}

const stuck = (directory: string): Failure =>
  new Failure(`freeze cgroup ${directory}: a process did not stop within ${PATIENCE / 1000} s`, {
    code: 'TIMEOUT',
    hint: 'see its state in /proc/PID/status: one in state D waits for a device or a file server',
  })
