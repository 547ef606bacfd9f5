/** Opens the namespaces to join, which only tsrun itself can find by their paths. Parent. namespaces(7) */
import { Failure, doing } from '../../failure.ts'
import { close, openat } from '../../sys/file.ts'
import { namespaceFlag } from '../../sys/namespace.ts'
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
