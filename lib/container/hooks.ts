/** PARENT. Which hooks run when, and where. Spec: runtime.md, "Lifecycle"; config.md, "POSIX-platform Hooks". */
import { describe } from '../failure.ts'
import { warn } from '../log.ts'
import { namespaceFlags } from '../linux/namespaces/plan.ts'
import { planCapabilities } from '../linux/capabilities/plan.ts'
import { allCapabilities } from '../linux/capabilities/parent.ts'
import { credentialCalls } from '../linux/credentials/plan.ts'
import { hasRoot } from '../linux/credentials/parent.ts'
import { maySetGroupsOf } from '../linux/idmap/map.ts'
import { annotationOf } from '../spec/annotations.ts'
import { parseConfig } from '../spec/load.ts'
import type { Config, Hook, Hooks } from '../spec/types.ts'
import type { StubCall } from '../stub/table.ts'
import { hasCode } from '../sys/error.ts'
import { readLink } from '../sys/host.ts'
import { readTextFile } from '../sys/text-file.ts'
import { runHook, type HookRun } from './hook.ts'
import { readOwnStatus } from './own-status.ts'
import type { ContainerState, Status } from './state.ts'

type Point = keyof Hooks

/** What hooks and seccomp agents read. */
export const stateText = (state: ContainerState, status: Status): string =>
  JSON.stringify({
    ociVersion: state.ociVersion,
    id: state.id,
    status,
    ...(status !== 'stopped' && { pid: state.init.pid }),
    bundle: state.bundle,
    ...(state.annotations && { annotations: state.annotations }),
  })

const fileOf = (type: string): string =>
  type === 'mount' ? 'mnt' : type === 'network' ? 'net' : type

/** Those that the container does not share with us. The time namespace cannot be joined by a pidfd of 5.8. */
const otherNamespaces = (pid: number): number => {
  let flags = 0
  for (const [type, flag] of Object.entries(namespaceFlags)) {
    if (type === 'time') continue
    const name = fileOf(type)
    if (readLink(`/proc/${pid}/ns/${name}`) !== readLink(`/proc/self/ns/${name}`)) flags |= flag
  }
  return flags
}

/** A program of the image's own gets no more rights than the container's program. */
const asContainer = (config: Config, pid: number): readonly StubCall[] => {
  const inUserNamespace = config.linux?.namespaces?.some(({ type }) => type === 'user') ?? false
  const available = inUserNamespace ? allCapabilities() : readOwnStatus().bounding
  return credentialCalls({
    user: config.process?.user ?? {},
    capabilities: planCapabilities(config.process?.capabilities, available),
    maySetGroups: maySetGroupsOf(pid),
    noNewPrivileges: config.process?.noNewPrivileges ?? false,
    keep: 0n,
  })
}

/** Where the annotations of crun's users want it. */
const outputOf = (config: Config): Pick<HookRun, 'stdout' | 'stderr'> => {
  const stdout = annotationOf(config, 'run.oci.hooks.stdout')
  const stderr = annotationOf(config, 'run.oci.hooks.stderr')
  return { ...(stdout !== undefined && { stdout }), ...(stderr !== undefined && { stderr }) }
}

const entersUsers = (namespaces: number): boolean => (namespaces & namespaceFlags.user) !== 0

const placeOf = (point: Point, config: Config, { bundle, init }: ContainerState): HookRun => {
  if (point !== 'createContainer' && point !== 'startContainer') return { cwd: bundle }
  const inside = { container: init.pid, namespaces: otherNamespaces(init.pid) }
  return point === 'createContainer'
    ? { ...inside, cwd: bundle, becomesRoot: entersUsers(inside.namespaces) && hasRoot(init.pid) }
    : { ...inside, inRoot: true, cwd: '/', become: asContainer(config, init.pid) }
}

/** Whether the config has any. */
export const hasHooks = ({ hooks = {} }: Config): boolean =>
  Object.values(hooks).some((list: readonly Hook[] | undefined) => (list?.length ?? 0) > 0)

/** @throws Failure of the first hook that fails */
export const runHooks = (
  point: Point,
  config: Config,
  state: ContainerState,
  status: Status,
): void => {
  const hooks: readonly Hook[] = config.hooks?.[point] ?? []
  if (hooks.length === 0) return
  const text = stateText(state, status)
  const place = { ...placeOf(point, config, state), ...outputOf(config) }
  hooks.forEach((hook, i) => runHook(hook, `/hooks/${point}/${i}`, text, place))
}

/** The container is gone: what fails now is told and does not keep the others from running. */
export const runPoststop = (config: Config, state: ContainerState): void => {
  const text = stateText(state, 'stopped')
  config.hooks?.poststop?.forEach((hook, i) => {
    try {
      runHook(hook, `/hooks/poststop/${i}`, text, { cwd: state.bundle, ...outputOf(config) })
    } catch (error) {
      warn(describe(error))
    }
  })
}

/** The config as it was at `create`; empty where a killed create has left none. */
export const savedConfig = (directory: string): Config | undefined => {
  try {
    const text = readTextFile(`${directory}/config.json`)
    // Most containers have neither hooks nor a seccomp listener, and parsing takes longer than looking.
    return /"(hooks|SCMP_ACT_NOTIFY)"/.test(text) ? parseConfig(text) : undefined
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}
