/** Everything that is done to a process that joins a container, as plain data. Pure. */
import type { TerminalPlan } from '../linux/terminal/plan.ts'
import type { InitPlan } from './plan.ts'

export type ExecPlan = Pick<
  InitPlan,
  'cwd' | 'args' | 'env' | 'uid' | 'umask' | 'sessionKeyring' | 'labels' | 'streams' | 'stub'
> & {
  /** `CLONE_NEW*` of the container's namespaces, all but the pid namespace. */
  readonly namespaces: number
  /** Of the user namespace, or 0: who is in it becomes its root. */
  readonly userNamespace: number
  /** Without a mount namespace of its own, the container's root is a directory to be entered. */
  readonly entersRoot: boolean
  readonly terminal?: TerminalPlan
  /** CPUs before and after the cgroup is joined. */
  readonly affinity: { readonly initial?: readonly number[]; readonly final?: readonly number[] }
}

/** Descriptors of the process's own, opened while it was still outside of the container. */
export interface ExecFiles {
  /** A pidfd of the container's first process. */
  readonly container: number
  /** `/proc/PID/root` of it, where that is to be entered. */
  readonly root?: number
  /** A procfs directory that no container had a hand in, where keys are to be labelled. */
  readonly proc?: number
  /** Where the master of the terminal goes. */
  readonly console?: number
}
