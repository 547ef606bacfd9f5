/**
 * What of the namespaces only tsrun itself can do: open those to join, map the ids of a new user namespace.
 * Parent. user_namespaces(7)
 */
import { Failure, doing } from '../../failure.ts'
import type { IdMapping } from '../../spec/types.ts'
import { close, openat } from '../../sys/file.ts'
import { namespaceFlag } from '../../sys/namespace.ts'
import { readTextFile, writeTextFile } from '../../sys/text-file.ts'
import { AT_FDCWD, O_RDONLY } from '../../sys/flags/open.ts'
import { namespaceFlags, type NamespaceJoin, type NamespacePlan } from './plan.ts'

/** Asked of the kernel: a link in /proc names the type only where the namespace is no mount, as those of CNI are. */
const flagOf = (file: number): number | undefined => {
  try {
    return namespaceFlag(file)
  } catch {
    return undefined
  }
}

const openNamespace = ({ type, path, pointer }: NamespaceJoin): number => {
  const at = { pointer: `${pointer}/path` }
  const file = doing(`open ${type} namespace ${path}`, () => openat(AT_FDCWD, path, O_RDONLY), at)
  if (flagOf(file) !== namespaceFlags[type]) {
    close(file)
    throw new Failure(`join ${type} namespace ${path}: it is no ${type} namespace`, at)
  }
  return file
}

/** Descriptors of the namespaces to join, in the plan's order. */
export const openNamespaces = ({ join }: NamespacePlan): readonly number[] =>
  join.map(openNamespace)

const lines = (mappings: readonly IdMapping[]): string =>
  mappings.map(({ containerID, hostID, size }) => `${containerID} ${hostID} ${size}\n`).join('')

/** Writes the id maps of the user namespace that `pid` has just made. */
export const mapIds = (
  pid: number,
  uidMappings: readonly IdMapping[],
  gidMappings: readonly IdMapping[],
  rootless: boolean,
): void => {
  const write = (file: string, text: string, pointer: string): void =>
    doing(
      `write ${file} of the user namespace`,
      () => writeTextFile(`/proc/${pid}/${file}`, text),
      {
        pointer,
      },
    )
  // Without privilege a gid map may be written only once setgroups(2) is given up for good.
  if (rootless) write('setgroups', 'deny', '/linux/gidMappings')
  if (gidMappings.length > 0) write('gid_map', lines(gidMappings), '/linux/gidMappings')
  if (uidMappings.length > 0) write('uid_map', lines(uidMappings), '/linux/uidMappings')
}

/** Whether setgroups(2) is allowed in this process's user namespace. */
export const maySetGroups = (): boolean => {
  try {
    return readTextFile('/proc/self/setgroups').trim() !== 'deny'
  } catch {
    return true
  }
}
