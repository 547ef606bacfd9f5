/**
 * PARENT. Which processes are a container's: those in its cgroup or, where its user got none, those in its
 * pid namespace.
 */
import { hasCgroup } from '../linux/cgroup/none.ts'
import { containerPids } from '../linux/cgroup/processes.ts'
import { hasCode } from '../sys/error.ts'
import { listDirectory, readLink } from '../sys/host.ts'
import type { ContainerState } from './state/state.ts'

/** Undefined for a process that is gone, or that others may not look at. */
const pidNamespaceOf = (pid: number | string): string | undefined => {
  try {
    return readLink(`/proc/${pid}/ns/pid`)
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH', 'EACCES')) return undefined
    throw error
  }
}

const inPidNamespaceOf = (pid: number): readonly number[] => {
  const namespace = pidNamespaceOf(pid)
  if (namespace === undefined || namespace === pidNamespaceOf('self')) return [pid]
  return listDirectory('/proc')
    .filter((name) => /^\d+$/.test(name) && pidNamespaceOf(name) === namespace)
    .map(Number)
}

/** Host pids. */
export const processesOf = ({
  cgroup,
  init,
}: Pick<ContainerState, 'cgroup' | 'init'>): readonly number[] =>
  cgroup && hasCgroup(cgroup) ? containerPids(cgroup) : inPidNamespaceOf(init.pid)
