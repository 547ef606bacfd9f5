/** Which namespaces the container makes and which it joins. Pure. namespaces(7) */
import type { Config, Namespace, NamespaceType } from '../../spec/types.ts'
import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWTIME,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
} from '../../sys/flags/process.ts'

/** In the order they are joined: the user namespace first, because it owns the others. */
export const namespaceFlags: Readonly<Record<NamespaceType, number>> = {
  user: CLONE_NEWUSER,
  cgroup: CLONE_NEWCGROUP,
  ipc: CLONE_NEWIPC,
  uts: CLONE_NEWUTS,
  network: CLONE_NEWNET,
  pid: CLONE_NEWPID,
  mount: CLONE_NEWNS,
  time: CLONE_NEWTIME,
}

/** Their names in /proc/PID/ns. */
export const namespaceFiles: Readonly<Record<NamespaceType, string>> = {
  user: 'user',
  cgroup: 'cgroup',
  ipc: 'ipc',
  uts: 'uts',
  network: 'net',
  pid: 'pid',
  mount: 'mnt',
  time: 'time',
}

export interface NamespaceJoin {
  readonly type: NamespaceType
  readonly path: string
  readonly pointer: string
}

export interface NamespacePlan {
  readonly create: readonly NamespaceType[]
  readonly join: readonly NamespaceJoin[]
}

export const planNamespaces = (namespaces: readonly Namespace[]): NamespacePlan => {
  const order = Object.keys(namespaceFlags)
  const join = namespaces.flatMap(({ type, path }, i) =>
    path ? [{ type, path, pointer: `/linux/namespaces/${i}` }] : [],
  )
  return {
    create: namespaces.filter(({ path }) => !path).map(({ type }) => type),
    join: join.toSorted((a, b) => order.indexOf(a.type) - order.indexOf(b.type)),
  }
}

export const flagsOf = (types: readonly NamespaceType[]): number =>
  types.reduce((flags, type) => flags | namespaceFlags[type], 0)

/** Whether the container gets a user namespace, made or joined. */
export const asksForUserNamespace = ({ linux }: Config): boolean =>
  linux?.namespaces?.some(({ type }) => type === 'user') ?? false

/** Whether the container gets a namespace of this type, made or joined. */
export const hasNamespace = ({ create, join }: NamespacePlan, type: NamespaceType): boolean =>
  create.includes(type) || join.some((joined) => joined.type === type)
