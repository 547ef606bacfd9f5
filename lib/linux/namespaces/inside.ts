/** Enters the namespaces that clone3 could not: those to join, and the cgroup namespace. Inside. */
import { step } from '../../sync/stage.ts'
import { close } from '../../sys/file.ts'
import { CLONE_NEWCGROUP, CLONE_NEWIPC } from '../../sys/flags/process.ts'
import { unshare } from '../../sys/process.ts'
import { becomeRoot } from '../../sys/identity.ts'
import { isIpcMadeByRoot, joinNamespace } from './birth.ts'
import { hasNamespace, type NamespacePlan } from './plan.ts'

/** @param files in the plan's order, of those that are not joined yet */
export const enterNamespaces = (
  plan: NamespacePlan,
  files: readonly (number | undefined)[],
): void => {
  for (const [i, namespace] of plan.join.entries()) {
    const file = files[i]
    if (file === undefined) continue
    joinNamespace(namespace, file)
    close(file)
  }
  // Only now: its root is the cgroup in which we are at this moment, cgroup_namespaces(7).
  if (plan.create.includes('cgroup')) {
    step('create cgroup namespace', '/linux/namespaces')
    unshare(CLONE_NEWCGROUP)
  }
}

/** In a user namespace we are nobody until we say that we are its root. */
export const becomeItsRoot = (plan: NamespacePlan): void => {
  if (!hasNamespace(plan, 'user')) return
  step('become root of the user namespace', '/linux/uidMappings')
  becomeRoot()
  if (!isIpcMadeByRoot(plan)) return
  step('create ipc namespace', '/linux/namespaces')
  unshare(CLONE_NEWIPC)
}
