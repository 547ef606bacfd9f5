/** PARENT. Where a hook runs, and as whom. Spec: config.md, "POSIX-platform Hooks". */
import { REPORT_FD } from '../../linux/hooks/plan.ts'
import { asksForUserNamespace, flagsOf, namespaceFlags } from '../../linux/namespaces/plan.ts'
import { isShared } from '../../linux/namespaces/shared.ts'
import { planCapabilities } from '../../linux/capabilities/plan.ts'
import { allCapabilities } from '../../linux/capabilities/parent.ts'
import { credentialCalls } from '../../linux/credentials/plan.ts'
import { hasRoot } from '../../linux/credentials/parent.ts'
import { maySetGroupsOf } from '../../linux/idmap/map.ts'
import { KeptFilters } from '../../linux/seccomp/cache.ts'
import { planSeccomp } from '../../linux/seccomp/parent.ts'
import { environmentFor } from '../../init/environment.ts'
import { planEnvironment } from '../../linux/exec/plan.ts'
import { annotationOf } from '../../spec/annotations.ts'
import type { Config, Hooks, NamespaceType } from '../../spec/types.ts'
import { close, openat } from '../../sys/file.ts'
import { AT_FDCWD, O_DIRECTORY, O_PATH } from '../../sys/flags/open.ts'
import type { HookRun } from './hook.ts'
import { readOwnStatus } from '../own-status.ts'
import { listenerHandOver } from '../seccomp-listener.ts'
import type { ContainerState } from '../state/state.ts'
import { variables } from '../../sys/caller.ts'

export type Point = keyof Hooks

/** Those that the container does not share with us. The time namespace cannot be joined by a pidfd of 5.8. */
const otherNamespaces = (pid: number): number => {
  const types = Object.keys(namespaceFlags) as NamespaceType[]
  return flagsOf(types.filter((type) => type !== 'time' && !isShared(type, pid)))
}

/**
 * A program of the image's own gets no more rights than the container's program, and its seccomp filter: in a
 * container of runc's or crun's the process that runs this hook has it already.
 */
const asContainer = (
  config: Config,
  state: ContainerState,
  root: string,
): Pick<HookRun, 'become' | 'last' | 'passListener'> => {
  const { pid } = state.init
  const available = asksForUserNamespace(config) ? allCapabilities() : readOwnStatus().bounding
  const capabilities = planCapabilities(config.process?.capabilities, available)
  const seccomp = planSeccomp(config, capabilities, new KeptFilters(root))
  return {
    become: credentialCalls({
      user: config.process?.user ?? {},
      capabilities,
      maySetGroups: maySetGroupsOf(pid),
      noNewPrivileges: config.process?.noNewPrivileges ?? false,
      keep: seccomp.keep,
    }),
    last: seccomp.calls(REPORT_FD),
    passListener: (hook) => listenerHandOver(config, state, hook)?.(),
  }
}

/** Where the annotations of crun's users want it. */
const outputOf = (config: Config): Pick<HookRun, 'stdout' | 'stderr'> => {
  const stdout = annotationOf(config, 'run.oci.hooks.stdout')
  const stderr = annotationOf(config, 'run.oci.hooks.stderr')
  return { ...(stdout !== undefined && { stdout }), ...(stderr !== undefined && { stderr }) }
}

const entersUsers = (namespaces: number): boolean => (namespaces & namespaceFlags.user) !== 0

/** As the program's own: in a container of runc's this hook always had it. */
const environmentOf = ({ process = { cwd: '/' } }: Config, pid: number): readonly string[] => {
  const root = openat(AT_FDCWD, `/proc/${pid}/root`, O_PATH | O_DIRECTORY)
  try {
    return environmentFor({ env: planEnvironment(process.env), uid: process.user?.uid ?? 0 }, root)
  } finally {
    close(root)
  }
}

const whereIs = (point: Point, config: Config, state: ContainerState, root: string): HookRun => {
  const { bundle, init } = state
  // What a hook without `env` gets from runc and crun, too; such hooks count on a PATH.
  const onHost = { cwd: bundle, env: variables() }
  if (point !== 'createContainer' && point !== 'startContainer') return onHost
  const inside = { container: init.pid, namespaces: otherNamespaces(init.pid) }
  return point === 'createContainer'
    ? {
        ...inside,
        ...onHost,
        becomesRoot: entersUsers(inside.namespaces) && hasRoot(init.pid),
      }
    : {
        ...inside,
        inRoot: true,
        cwd: '/',
        env: environmentOf(config, init.pid),
        ...asContainer(config, state, root),
      }
}

/** @param root `--root` */
export const placeOf = (
  point: Point,
  config: Config,
  state: ContainerState,
  root: string,
): HookRun => ({
  ...whereIs(point, config, state, root),
  ...outputOf(config),
})
