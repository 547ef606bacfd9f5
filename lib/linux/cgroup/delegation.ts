/**
 * Whether the container may manage the inside of its v2 cgroup, and as whom. Pure.
 * Spec: config-linux.md, "Cgroup ownership": with a cgroup namespace of its own and a cgroup file system
 * that it may write.
 */
import type { Config, IdMapping } from '../../spec/types.ts'

/** @returns the host's uid of the container's process, to own the cgroup; undefined for no delegation */
export const planOwner = ({ linux = {}, mounts = [], process }: Config): number | undefined => {
  const namespaces = linux.namespaces ?? []
  const isOwn = namespaces.some(({ type, path }) => type === 'cgroup' && path === undefined)
  const isWritable = mounts.some(
    ({ type, options = [] }) =>
      (type === 'cgroup' || type === 'cgroup2') && !options.includes('ro'),
  )
  if (!isOwn || !isWritable) return undefined
  const uid = process?.user?.uid ?? 0
  const hasUsers = namespaces.some(({ type }) => type === 'user')
  return hasUsers ? hostId(uid, linux.uidMappings ?? []) : uid
}

const hostId = (id: number, mappings: readonly IdMapping[]): number | undefined => {
  const mapping = mappings.find(
    ({ containerID, size }) => id >= containerID && id < containerID + size,
  )
  return mapping && mapping.hostID + id - mapping.containerID
}
