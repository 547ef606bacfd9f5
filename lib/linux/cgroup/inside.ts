/** Steps into the container's v1 cgroups. Inside, before any namespace is left. cgroups(7). */
import { step } from '../../sync/stage.ts'
import { write } from '../../sys/file.ts'
import type { CgroupDoors } from './plan.ts'

const SELF = Buffer.from('0')

/**
 * Moves the calling thread; a stub has no other. v2's directory is joined by clone3(2) already.
 *
 * `tasks` and not `cgroup.procs`: a thread that moves itself cannot exit or exec meanwhile, so the
 * kernel leaves out the lock for whose RCU grace period everyone else waits (Linux 5.5).
 */
export const enterCgroup = ({ tasks }: Pick<CgroupDoors, 'tasks'>): void => {
  step('join the cgroup', '/linux/cgroupsPath')
  for (const file of tasks) write(file, SELF, 1)
}
