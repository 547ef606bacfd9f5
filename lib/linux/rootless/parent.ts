/**
 * What stands in the way of a user's own namespaces, in words: the kernel has a number for all of it.
 * Parent. user_namespaces(7), clone(2)
 */
import { Failure } from '../../failure.ts'
import type { Config } from '../../spec/types.ts'
import { hasCode } from '../../sys/error.ts'
import { readTextFile } from '../../sys/text-file.ts'
import { asksForUserNamespace } from '../namespaces/plan.ts'

/** @throws Failure for a user without privileges who asks for other namespaces alone */
export const requireUserNamespace = (config: Config): void => {
  const uid = process.geteuid!()
  if (uid === 0 || asksForUserNamespace(config)) return
  throw new Failure('rootless container requires user namespaces', {
    code: 'NO_USER_NAMESPACE',
    pointer: '/linux/namespaces',
    hint: `uid ${uid} may make other namespaces only as root of its own user namespace: add {"type": "user"} with uidMappings and gidMappings ("tsrun spec --rootless" writes a config that has them), or run it as root`,
  })
}

/** Settings of a host that keep its users from it, by what they are then. */
const settings = [
  ['user.max_user_namespaces', '0', '15000'],
  ['kernel.unprivileged_userns_clone', '0', '1'],
  ['kernel.apparmor_restrict_unprivileged_userns', '1', '0'],
] as const

const valueOf = (setting: string): string | undefined => {
  try {
    return readTextFile(`/proc/sys/${setting.replaceAll('.', '/')}`).trim()
  } catch {
    // Not every kernel has it.
    return undefined
  }
}

const hintFor = (error: unknown): string | undefined => {
  const found = settings.find(([setting, value]) => valueOf(setting) === value)
  if (found) return `the host does not let users make them: sysctl -w ${found[0]}=${found[2]}`
  if (hasCode(error, 'ENOSPC')) {
    return 'there are as many namespaces as sysctls user.max_*_namespaces allow, or 32 user namespaces within each other'
  }
  return hasCode(error, 'EPERM')
    ? 'a seccomp filter or a chroot around tsrun may be why: unshare --user true tells whether it may'
    : undefined
}

/** Adds to what clone3(2) says why it may have said so. */
export const cannotMakeNamespaces = (hasUserNamespace: boolean, cause: Error): Failure => {
  const hint = hasUserNamespace ? hintFor(cause) : undefined
  return new Failure('create the namespaces', {
    cause,
    pointer: '/linux/namespaces',
    ...(hint !== undefined && { hint }),
  })
}
