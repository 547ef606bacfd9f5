/**
 * Namespaces that a process has to be born into, or that must own those it is born into. Inside the process
 * that makes the container's first one.
 *
 * setns(2) and unshare(2) change the pid and the time namespace for children only, and a new namespace
 * belongs to the user namespace of its maker. pid_namespaces(7), time_namespaces(7)
 */
import type { NamespaceType, TimeOffsets } from '../../spec/types.ts'
import { step } from '../../sync/stage.ts'
import { hasCode } from '../../sys/error.ts'
import { CLONE_NEWTIME, CLONE_NEWUSER } from '../../sys/flags/process.ts'
import { setns, unshare } from '../../sys/process.ts'
import { writeTextFile } from '../../sys/text-file.ts'
import {
  flagsOf,
  hasNamespace,
  namespaceFlags,
  type NamespaceJoin,
  type NamespacePlan,
} from './plan.ts'

const BEFORE = ['user', 'pid', 'time']

/**
 * Whether this one is joined before the birth: where a new user namespace is made, its root has no power
 * over the others any more, which are somebody else's.
 */
const isJoinedBefore = ({ create }: NamespacePlan, type: NamespaceType): boolean =>
  create.includes('user') || BEFORE.includes(type)

/**
 * Whether the ipc namespace is made by the root of the user namespace: the directory of /dev/mqueue belongs to
 * its maker, and whoever is born into a user namespace is nobody there at first.
 */
export const isIpcMadeByRoot = (plan: NamespacePlan): boolean =>
  plan.create.includes('ipc') && hasNamespace(plan, 'user')

/**
 * `CLONE_NEW*` for the birth. The cgroup namespace is made afterwards, when the process is in its cgroup;
 * the time namespace before, because nobody may be in it when its offsets are written, and with it the user
 * namespace that shall own it.
 */
export const birthFlags = (plan: NamespacePlan): number => {
  const { create } = plan
  const others = ['cgroup', ...(isIpcMadeByRoot(plan) ? ['ipc'] : [])]
  const before = create.includes('time') ? ['time', 'user'] : []
  return flagsOf(create.filter((type) => ![...others, ...before].includes(type)))
}

/** One write for both clocks, before anyone is in the namespace: time_namespaces(7). */
const writeOffsets = ({ monotonic, boottime }: TimeOffsets): void => {
  const line = (clock: string, offset: TimeOffsets['monotonic']): string =>
    offset ? `${clock} ${offset.secs ?? 0} ${offset.nanosecs ?? 0}\n` : ''
  const text = line('monotonic', monotonic) + line('boottime', boottime)
  if (text === '') return
  step('set the offsets of the time namespace', '/linux/timeOffsets')
  writeTextFile('/proc/self/timens_offsets', text)
}

export const joinNamespace = ({ type, path, pointer }: NamespaceJoin, file: number): void => {
  step(`join ${type} namespace ${path}`, pointer)
  setns(file, namespaceFlags[type])
}

/**
 * Those that belong to another user namespace than the one to join, whose root has no power over them; we may have.
 * @returns whether it is joined
 */
const joinAsWeAre = (namespace: NamespaceJoin, file: number): boolean => {
  if (namespace.type === 'user') return false
  try {
    joinNamespace(namespace, file)
    return true
  } catch (error) {
    if (hasCode(error, 'EPERM')) return false
    throw error
  }
}

/**
 * @param files of the namespaces to join, in the plan's order: the user namespace comes first
 * @returns the same, without those that are joined
 */
export const chooseBirth = (
  plan: NamespacePlan,
  files: readonly number[],
  offsets: TimeOffsets,
): readonly (number | undefined)[] => {
  const joinsUser = plan.join.some(({ type }) => type === 'user')
  const left = plan.join.map((namespace, i) =>
    joinsUser && joinAsWeAre(namespace, files[i]!) ? undefined : files[i]!,
  )
  const rest = plan.join.map((namespace, i) => {
    const file = left[i]
    if (file === undefined || !isJoinedBefore(plan, namespace.type)) return file
    joinNamespace(namespace, file)
    return undefined
  })
  makeTimeNamespace(plan, offsets)
  return rest
}

const makeTimeNamespace = (plan: NamespacePlan, offsets: TimeOffsets): void => {
  if (!plan.create.includes('time')) return
  if (plan.create.includes('user')) {
    step('create user namespace', '/linux/namespaces')
    unshare(CLONE_NEWUSER)
  }
  step('create time namespace', '/linux/namespaces')
  unshare(CLONE_NEWTIME)
  writeOffsets(offsets)
}
