/**
 * Kernel parameters: only those that a namespace of the container has for itself, for any other would be
 * changed for the host. Pure. proc_sys(5), sysctl(8)
 */
import { show } from '../problem.ts'
import { escapePointer } from '../json/parse.ts'
import type { Config, NamespaceType } from '../types.ts'
import { addNamespace, namespaceOf } from './namespaces.ts'
import type { Report } from './rule.ts'

/** Below /proc/sys/kernel. */
const ipcParameters = [
  'msgmax',
  'msgmnb',
  'msgmni',
  'sem',
  'shmall',
  'shmmax',
  'shmmni',
  'shm_rmid_forced',
]

/**
 * The file below /proc/sys. As in sysctl(8), the first separator decides: `net.ipv4.conf.eth0/1.x` and
 * `net/ipv4/conf/eth0.1/x` are the same.
 */
export const sysctlPath = (name: string): string => {
  const first = /[./]/.exec(name)?.[0]
  if (first !== '.') return name
  return name.replace(/[./]/g, (separator) => (separator === '.' ? '/' : '.'))
}

/** The namespace that has a parameter of its own, undefined if it is the whole system's. */
export const sysctlOwner = (path: string): NamespaceType | undefined => {
  if (path.startsWith('net/')) return 'network'
  if (path.startsWith('fs/mqueue/')) return 'ipc'
  if (path.startsWith('kernel/') && ipcParameters.includes(path.slice(7))) return 'ipc'
  if (path === 'kernel/domainname') return 'uts'
  if (path.startsWith('user/')) return 'user'
  return undefined
}

const isPlain = (path: string): boolean =>
  path.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..')

export const sysctl = (config: Config, report: Report): void => {
  for (const name of Object.keys(config.linux?.sysctl ?? {})) {
    const pointer = `/linux/sysctl/${escapePointer(name)}`
    const path = sysctlPath(name)
    const namespace = sysctlOwner(path)
    if (!isPlain(path)) {
      report({ pointer, expected: 'a kernel parameter like net.ipv4.ip_forward', got: show(name) })
    } else if (path === 'kernel/hostname') {
      const hint = 'set /hostname instead'
      report({ pointer, expected: 'any parameter but the host name', got: show(name), hint })
    } else if (namespace === undefined) {
      const hint = 'set it on the host, where it is for all containers'
      report({
        pointer,
        expected: 'a parameter that a namespace has for itself',
        got: show(name),
        hint,
      })
    } else if (namespaceOf(config, namespace) === undefined) {
      const expected = `the container's own ${namespace} namespace for ${name}`
      report({ pointer, expected, got: 'none', hint: addNamespace(namespace) })
    }
  }
}
