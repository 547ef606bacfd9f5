/** Enters the namespaces that clone3 could not: those to join, and the cgroup namespace. Inside. */
import { step } from '../../sync/stage.ts'
import { close } from '../../sys/file.ts'
import { CLONE_NEWCGROUP, CLONE_NEWIPC } from '../../sys/flags/process.ts'
import { setns, unshare } from '../../sys/process.ts'
import { becomeRoot } from '../../sys/identity.ts'
import { isIpcMadeByRoot, isJoinedBefore } from './birth.ts'
import { hasNamespace, namespaceFlags, type NamespacePlan } from './plan.ts'

export const enterNamespaces = (plan: NamespacePlan, files: readonly number[]): void => {
  for (const [i, { type, path, pointer }] of plan.join.entries()) {
    if (isJoinedBefore(plan, type)) continue
    step(`join ${type} namespace ${path}`, pointer)
    setns(files[i]!, namespaceFlags[type])
    close(files[i]!)
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
