/** Ids of the process. Pure. setresuid(2), setgroups(2) */
import type { Process } from '../types.ts'
import { each, type Report } from './rule.ts'

/** (uid_t) -1: the system calls read it as "leave it as it is", and what is there is root. */
const unchanged = 0xffffffff

export const user = ({ user }: Process, report: Report): void => {
  if (user === undefined) return
  const check = (id: number | undefined, pointer: string): void => {
    if (id !== unchanged) return
    report({ pointer, expected: `an id below ${unchanged}`, got: String(id) })
  }
  check(user.uid, '/user/uid')
  check(user.gid, '/user/gid')
  each(user.additionalGids, '/user/additionalGids', check)
}
