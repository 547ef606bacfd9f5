/** Additional groups where setgroups(2) is denied. Parent. user_namespaces(7) */
import { Failure } from '../../failure.ts'
import type { User } from '../../spec/types.ts'

/**
 * @param maySetGroups whether the program's user namespace allows it
 * @returns what is left out, for who did not choose the user namespace: root of it
 * @throws Failure for a user without privileges, who did
 */
export const checkGroups = (
  { additionalGids = [] }: User,
  maySetGroups: boolean,
): readonly string[] => {
  if (maySetGroups || additionalGids.length === 0) return []
  const message = `cannot set additional groups ${additionalGids.join(', ')}`
  if (process.geteuid?.() === 0) {
    return [`${message}: setgroups(2) is denied in this user namespace`]
  }
  throw new Failure(`${message} in a rootless container`, {
    code: 'NO_SETGROUPS',
    pointer: '/process/user/additionalGids',
    hint: 'setgroups(2) is denied where a user maps no group but their own: add a range of /etc/subgid to linux.gidMappings',
  })
}
