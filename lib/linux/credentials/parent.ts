/** Ids that a user namespace does not have, and groups where setgroups(2) is denied. Parent. user_namespaces(7) */
import { Failure } from '../../failure.ts'
import type { User } from '../../spec/types.ts'
import { readTextFile } from '../../sys/text-file.ts'

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

const isIn = (map: string, id: number): boolean =>
  map.split('\n').some((line) => {
    const [first = NaN, , size = NaN] = line.trim().split(/\s+/).map(Number)
    return id >= first && id < first + size
  })

const mapOf = (pid: number, kind: 'uid' | 'gid'): string => `/proc/${pid}/${kind}_map`

/** Whether the user namespace of process `pid` has a root. */
export const hasRoot = (pid: number): boolean =>
  isIn(readTextFile(mapOf(pid, 'uid')), 0) && isIn(readTextFile(mapOf(pid, 'gid')), 0)

/** @throws Failure for an id that the user namespace of process `pid` does not have */
export const checkMapped = ({ uid = 0, gid = 0 }: User, pid: number): void => {
  for (const [kind, id] of [
    ['uid', uid],
    ['gid', gid],
  ] as const) {
    const file = mapOf(pid, kind)
    if (isIn(readTextFile(file), id)) continue
    throw new Failure(`cannot become ${kind} ${id}: it is not mapped in the container`, {
      code: 'ID_NOT_MAPPED',
      pointer: `/process/user/${kind}`,
      hint: `${file} has the ranges that are`,
    })
  }
}
