/**
 * Keeps sysctls from the host when a namespace is joined by a path that is tsrun's own: what looks like the
 * container's parameter would be everybody's. Parent.
 */
import { Failure } from '../../failure.ts'
import { sysctlOwner, sysctlPath } from '../../spec/rules/sysctl.ts'
import { readLink } from '../../sys/host.ts'
import { namespaceFiles, type NamespaceJoin } from '../namespaces/plan.ts'

/**
 * @param joins the namespaces that are joined
 * @param files descriptors of them, in the same order
 * @throws Failure naming the parameter
 */
export const refuseHostSysctls = (
  sysctls: Readonly<Record<string, string>>,
  joins: readonly NamespaceJoin[],
  files: readonly number[],
): void => {
  const names = Object.keys(sysctls)
  if (names.length === 0) return
  for (const [i, { type, path }] of joins.entries()) {
    const joined = readLink(`/proc/self/fd/${files[i]}`)
    if (joined !== readLink(`/proc/self/ns/${namespaceFiles[type]}`)) continue
    const name = names.find((sysctl) => sysctlOwner(sysctlPath(sysctl)) === type)
    if (name === undefined) continue
    throw new Failure(
      `sysctl ${name} is not allowed in the host's own ${type} namespace (${path})`,
      {
        pointer: `/linux/sysctl/${name.replaceAll('/', '~1')}`,
        code: 'HOST_SYSCTL',
        hint: 'set it on the host, or give the container a namespace of its own',
      },
    )
  }
}
