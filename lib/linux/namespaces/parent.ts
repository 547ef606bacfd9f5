/**
 * What of the namespaces only tsrun itself can do: open those to join, choose those of its children, map
 * the ids of a new user namespace. Parent. user_namespaces(7), pid_namespaces(7), time_namespaces(7)
 */
import { Failure, doing } from '../../failure.ts'
import type { IdMapping, TimeOffsets } from '../../spec/types.ts'
import { close, openat } from '../../sys/file.ts'
import { readLink } from '../../sys/host.ts'
import { readTextFile, writeTextFile } from '../../sys/text-file.ts'
import { AT_FDCWD, O_RDONLY } from '../../sys/flags/open.ts'
import { CLONE_NEWTIME } from '../../sys/flags/process.ts'
import { setns, unshare } from '../../sys/process.ts'
import { namespaceFiles, namespaceFlags, type NamespaceJoin, type NamespacePlan } from './plan.ts'

const openNamespace = ({ type, path, pointer }: NamespaceJoin): number => {
  const at = { pointer: `${pointer}/path` }
  const file = doing(`open ${type} namespace ${path}`, () => openat(AT_FDCWD, path, O_RDONLY), at)
  const name = readLink(`/proc/self/fd/${file}`)
  if (!name.startsWith(`${namespaceFiles[type]}:[`)) {
    close(file)
    throw new Failure(`join ${type} namespace ${path}: it is no ${type} namespace`, at)
  }
  return file
}

/** Descriptors of the namespaces to join, in the plan's order. */
export const openNamespaces = ({ join }: NamespacePlan): readonly number[] =>
  join.map(openNamespace)

/** Namespaces that a process enters only by being born into them. */
const forChildren = ['pid', 'time'] as const

const writeOffsets = ({ monotonic, boottime }: TimeOffsets): void => {
  const line = (clock: string, offset: TimeOffsets['monotonic']): string =>
    offset ? `${clock} ${offset.secs ?? 0} ${offset.nanosecs ?? 0}\n` : ''
  const text = line('monotonic', monotonic) + line('boottime', boottime)
  if (text !== '') writeTextFile('/proc/self/timens_offsets', text)
}

/**
 * Runs `fork` with this process's children going to the pid and time namespaces of the plan, and undoes
 * that afterwards.
 */
export const withChildNamespaces = <T>(
  plan: NamespacePlan,
  files: readonly number[],
  offsets: TimeOffsets,
  fork: () => T,
): T => {
  const restore: (() => void)[] = []
  const remember = (type: (typeof forChildren)[number]): void => {
    const own = openat(AT_FDCWD, `/proc/self/ns/${type}_for_children`, O_RDONLY)
    restore.push(() => {
      setns(own, namespaceFlags[type])
      close(own)
    })
  }
  try {
    if (plan.create.includes('time')) {
      remember('time')
      unshare(CLONE_NEWTIME)
      doing('set time offsets', () => writeOffsets(offsets), { pointer: '/linux/timeOffsets' })
    }
    for (const [i, { type, path, pointer }] of plan.join.entries()) {
      if (type !== 'pid' && type !== 'time') continue
      remember(type)
      doing(`join ${type} namespace ${path}`, () => setns(files[i]!, namespaceFlags[type]), {
        pointer,
      })
    }
    return fork()
  } finally {
    for (const undo of restore.reverse()) undo()
  }
}

const lines = (mappings: readonly IdMapping[]): string =>
  mappings.map(({ containerID, hostID, size }) => `${containerID} ${hostID} ${size}\n`).join('')

/** Writes the id maps of the user namespace that `pid` has just made. */
export const mapIds = (
  pid: number,
  uidMappings: readonly IdMapping[],
  gidMappings: readonly IdMapping[],
  rootless: boolean,
): void => {
  const write = (file: string, text: string, pointer: string): void =>
    doing(
      `write ${file} of the user namespace`,
      () => writeTextFile(`/proc/${pid}/${file}`, text),
      {
        pointer,
      },
    )
  // Without privilege a gid map may be written only once setgroups(2) is given up for good.
  if (rootless) write('setgroups', 'deny', '/linux/gidMappings')
  if (gidMappings.length > 0) write('gid_map', lines(gidMappings), '/linux/gidMappings')
  if (uidMappings.length > 0) write('uid_map', lines(uidMappings), '/linux/uidMappings')
}

/** Whether setgroups(2) is allowed in this process's user namespace. */
export const maySetGroups = (): boolean => {
  try {
    return readTextFile('/proc/self/setgroups').trim() !== 'deny'
  } catch {
    return true
  }
}
