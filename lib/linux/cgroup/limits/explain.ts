/** Why the kernel refused a limit, as far as can be told. Parent; runs only when something went wrong. */
import { dirname, join } from '../../../path.ts'
import { Failure } from '../../../failure.ts'
import { hasCode } from '../../../sys/error.ts'
import { tryReadControl } from '../control-file.ts'
import type { Write } from '../plan.ts'

/** @returns the error to throw */
export const explainRefusal = (write: Write, cause: unknown): Failure => {
  if (cause instanceof Failure) return cause
  const { what, value, directory, file, pointer } = write
  const hint = hintFor(write, cause)
  return new Failure(`set ${what} to ${value} in ${join(directory, file)}`, {
    cause,
    code: 'CGROUP_LIMIT',
    pointer,
    ...(hint === undefined ? {} : { hint }),
  })
}

const hintFor = (write: Write, cause: unknown): string | undefined => {
  if (hasCode(cause, 'ENOENT')) return missing(write)
  if (hasCode(cause, 'EROFS')) return 'the cgroup file system is mounted read-only'
  // v1 answers EACCES for CPUs that the cgroup above does not have.
  const isForbidden = hasCode(cause, 'EACCES', 'EPERM')
  if (isForbidden && write.controller !== 'cpuset') return forbidden(write)
  if (hasCode(cause, 'EBUSY') && write.controller === 'memory') return inUse(write)
  if (hasCode(cause, 'ENODEV')) return 'this host has no such device'
  if (hasCode(cause, 'EOPNOTSUPP') && write.controller === 'io') {
    return 'nothing weighs the I/O of this device: give it the scheduler bfq (/sys/block/NAME/queue/scheduler), or turn on io.cost.qos'
  }
  if (isForbidden || hasCode(cause, 'EINVAL', 'ERANGE')) return unfit(write)
  return undefined
}

const missing = ({ controller, directory, file }: Write): string => {
  const available = tryReadControl(join(directory, 'cgroup.controllers')).split(' ')
  const isV2 = tryReadControl(join(directory, 'cgroup.type')) !== ''
  if (isV2 && controller !== 'cgroup' && !available.includes(controller)) {
    const parent = dirname(directory)
    const above = tryReadControl(join(parent, 'cgroup.controllers')).split(' ')
    return above.includes(controller)
      ? `the controller "${controller}" is not enabled in ${parent}/cgroup.subtree_control, and cannot be while that cgroup has processes of its own: name another one in linux.cgroupsPath, or start tsrun in a cgroup below ("systemd-run --user --scope -p Delegate=yes …", or DelegateSubgroup= in a service)`
      : `the controller "${controller}" is not available in ${parent}: it was not delegated, or the kernel lacks it`
  }
  if (file.startsWith('memory.memsw.') || file.startsWith('memory.swap.')) {
    return 'the kernel does not account swap: boot with swapaccount=1'
  }
  return `this kernel has no ${file}`
}

const forbidden = ({ controller }: Write): string =>
  controller === 'devices'
    ? 'a cgroup can allow only what the one above it allows'
    : `uid ${process.geteuid?.()} may not write this file: was the cgroup delegated to it?`

const inUse = ({ directory }: Write): string => {
  const used = tryReadControl(join(directory, 'memory.usage_in_bytes'))
  const peak = tryReadControl(join(directory, 'memory.max_usage_in_bytes'))
  return `${used} bytes are in use (at most ${peak} so far) and cannot be reclaimed`
}

const unfit = ({ controller, directory, file }: Write): string | undefined => {
  if (controller === 'cpuset') {
    const parent = dirname(directory)
    const all =
      tryReadControl(join(parent, `${file}.effective`)) || tryReadControl(join(parent, file))
    return all === '' ? undefined : `the cgroup above has ${all}`
  }
  if (file.includes('quota') || file === 'cpu.max') {
    return 'quota and period are microseconds from 1000 to 1000000, and no more than the cgroup above has'
  }
  return undefined
}
