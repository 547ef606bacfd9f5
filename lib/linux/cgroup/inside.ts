/** Steps into the container's v1 cgroups. Inside. cgroups(7). */
import { step } from '../../sync/stage.ts'
import { close, openat, write } from '../../sys/file.ts'
import { O_WRONLY } from '../../sys/flags/open.ts'
import { directoriesOf, type SavedCgroup } from './places.ts'

const SELF = Buffer.from('0')

/**
 * Moves the calling thread; a stub has no other. v2's directory is joined by clone3(2) already.
 * @param root the host's: wherever the thread is by now, the cgroups are below it
 *
 * `tasks` and not `cgroup.procs`: a thread that moves itself cannot exit or exec meanwhile, so the
 * kernel leaves out the lock for whose RCU grace period everyone else waits (Linux 5.5).
 */
export const enterCgroup = (cgroup: Pick<SavedCgroup, 'paths'>, root: number): void => {
  step('join the cgroup', '/linux/cgroupsPath')
  for (const path of directoriesOf(cgroup)) {
    if (path === cgroup.paths['']) continue
    const tasks = openat(root, `${path.slice(1)}/tasks`, O_WRONLY)
    write(tasks, SELF, 1)
    close(tasks)
  }
}
