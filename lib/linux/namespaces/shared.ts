/** Whether processes are in one namespace. Parent. namespaces(7) */
import type { NamespaceType } from '../../spec/types.ts'
import { readLink } from '../../sys/host.ts'
import { namespaceFiles } from './plan.ts'

/** Whether a process is in the namespace that we are in. */
export const isShared = (type: NamespaceType, pid: number): boolean => {
  const name = namespaceFiles[type]
  return readLink(`/proc/${pid}/ns/${name}`) === readLink(`/proc/self/ns/${name}`)
}
