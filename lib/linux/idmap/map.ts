/** The id maps of a new user namespace. Parent. user_namespaces(7) */
import { Failure } from '../../failure.ts'
import type { IdMapping } from '../../spec/types.ts'
import { hasCode } from '../../sys/error.ts'
import { readTextFile, writeTextFile } from '../../sys/text-file.ts'
import { mapByProgram, type IdKind } from './newuidmap.ts'

export interface IdMappings {
  readonly uid: readonly IdMapping[]
  readonly gid: readonly IdMapping[]
}

const users: IdKind = {
  program: 'newuidmap',
  file: 'uid_map',
  grants: '/etc/subuid',
  option: '--add-subuids',
  pointer: '/linux/uidMappings',
}

const groups: IdKind = {
  program: 'newgidmap',
  file: 'gid_map',
  grants: '/etc/subgid',
  option: '--add-subgids',
  pointer: '/linux/gidMappings',
}

/** Root of a user namespace has power over what is mapped there, and no program has more. */
const isRoot = (): boolean => process.geteuid?.() === 0

/** What everybody may map without help: themselves. */
const isOnlyOwn = (mappings: readonly IdMapping[], own: number): boolean =>
  mappings.length === 1 && mappings[0]!.size === 1 && mappings[0]!.hostID === own

/** Whether setgroups(2) stays allowed in a new user namespace with these groups. */
export const leavesSetGroups = ({ gid }: IdMappings): boolean =>
  isRoot() || !isOnlyOwn(gid, process.getegid!())

/** Whether setgroups(2) is allowed in the user namespace of a process. */
export const maySetGroupsOf = (pid: number | 'self'): boolean => {
  try {
    return readTextFile(`/proc/${pid}/setgroups`).trim() !== 'deny'
  } catch {
    return true
  }
}

const lines = (mappings: readonly IdMapping[]): string =>
  mappings.map(({ containerID, hostID, size }) => `${containerID} ${hostID} ${size}\n`).join('')

const writeMap = (pid: number, kind: IdKind, mappings: readonly IdMapping[], own: number): void => {
  if (mappings.length === 0) return
  try {
    writeTextFile(`/proc/${pid}/${kind.file}`, lines(mappings))
  } catch (cause) {
    if (!isRoot() && !isOnlyOwn(mappings, own) && hasCode(cause, 'EPERM')) {
      return mapByProgram(pid, kind, mappings, own)
    }
    throw new Failure(`write ${kind.file} of the user namespace`, {
      cause,
      pointer: kind.pointer,
      ...(hasCode(cause, 'EPERM') && {
        hint: `the user namespace that tsrun is in must map all of these ids: /proc/self/${kind.file} has those that it does`,
      }),
    })
  }
}

/** Writes the id maps of the user namespace that `pid` has just made. */
export const mapIds = (pid: number, mappings: IdMappings): void => {
  // Without privilege a gid map may be written only once setgroups(2) is given up for good.
  if (!leavesSetGroups(mappings)) writeTextFile(`/proc/${pid}/setgroups`, 'deny')
  writeMap(pid, groups, mappings.gid, process.getegid!())
  writeMap(pid, users, mappings.uid, process.geteuid!())
}
