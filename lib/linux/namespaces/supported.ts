/** Namespaces that the running kernel has. Parent. namespaces(7) */
import { Failure } from '../../failure.ts'
import type { Namespace, NamespaceType } from '../../spec/types.ts'
import { exists } from '../../sys/host.ts'
import { needsKernel, type KernelNeeds } from '../kernel/needs.ts'
import { namespaceFiles } from './plan.ts'

const needs: Readonly<Record<NamespaceType, KernelNeeds>> = {
  mount: {},
  uts: { option: 'CONFIG_UTS_NS' },
  ipc: { option: 'CONFIG_IPC_NS' },
  pid: { option: 'CONFIG_PID_NS' },
  network: { option: 'CONFIG_NET_NS' },
  user: { since: '3.8', option: 'CONFIG_USER_NS' },
  cgroup: { since: '4.6', option: 'CONFIG_CGROUPS' },
  time: { since: '5.6', option: 'CONFIG_TIME_NS' },
}

const isThere = (type: NamespaceType): boolean => exists(`/proc/self/ns/${namespaceFiles[type]}`)

/** @throws Failure for the first that the kernel does not have */
export const checkNamespaces = (namespaces: readonly Namespace[] = [], has = isThere): void => {
  namespaces.forEach(({ type }, i) => {
    if (has(type)) return
    throw new Failure(`this kernel has no ${type} namespaces`, {
      code: 'NO_NAMESPACE',
      pointer: `/linux/namespaces/${i}/type`,
      hint: needsKernel(needs[type]),
    })
  })
}

/**
 * Runs `action`. The kernel says of none which namespace it does not have, only that it makes none (EINVAL); and to
 * look for each before takes 0.3 ms.
 * @throws Failure
 */
export const blamingKernel = <T>(
  namespaces: readonly Namespace[] | undefined,
  action: () => T,
  has = isThere,
): T => {
  try {
    return action()
  } catch (error) {
    checkNamespaces(namespaces, has)
    throw error
  }
}
