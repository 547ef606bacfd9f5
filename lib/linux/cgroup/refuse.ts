/** Cgroups that no container may be put into. Parent. Spec: config-linux.md, "Control groups". */
import { Failure } from '../../failure.ts'
import { readControl, tryReadControl } from './control-file.ts'

const POINTER = '/linux/cgroupsPath'

/** @throws Failure where there is somebody: limits meant for one container would hit the other, too */
export const refusePopulated = (path: string): void => {
  const pids = readControl(`${path}/cgroup.procs`)
  if (pids === '') return
  const count = pids.split('\n').length
  throw new Failure(`container's cgroup is not empty: ${count} process(es) found in ${path}`, {
    code: 'CGROUP_IN_USE',
    pointer: POINTER,
  })
}

/** @throws Failure where a process would stop for ever, also because of a cgroup above */
export const refuseFrozen = (path: string, controllers: readonly string[]): void => {
  const isFrozen = controllers.includes('')
    ? isFrozenV2(path)
    : controllers.includes('freezer') && tryReadControl(`${path}/freezer.state`) === 'FROZEN'
  if (!isFrozen) return
  throw new Failure(`container's cgroup unexpectedly frozen: ${path}`, {
    code: 'CGROUP_FROZEN',
    pointer: POINTER,
    hint: 'thaw it, or the cgroup above that is',
  })
}

/** In a new cgroup below a frozen one only `cgroup.events` tells. */
const isFrozenV2 = (path: string): boolean =>
  tryReadControl(`${path}/cgroup.events`).includes('frozen 1') ||
  tryReadControl(`${path}/cgroup.freeze`) === '1'
