/**
 * Whether the container may manage the inside of its v2 cgroup, and as whom. Pure.
 * Spec: config-linux.md, "Cgroup ownership": with a cgroup namespace of its own and a cgroup file system
 * that it may write.
 */
import type { Config } from '../../spec/types.ts'
import { userOutside } from '../idmap/outside.ts'

/** @returns the host's uid of the container's process, to own the cgroup; undefined for no delegation */
export const planOwner = (config: Config): number | undefined => {
  const { linux = {}, mounts = [], process } = config
  const isOwn = linux.namespaces?.some(({ type, path }) => type === 'cgroup' && path === undefined)
  const isWritable = mounts.some(
    ({ type, options = [] }) =>
      (type === 'cgroup' || type === 'cgroup2') && !options.includes('ro'),
  )
  if (!isOwn || !isWritable) return undefined
  return userOutside(config, process?.user)
}
