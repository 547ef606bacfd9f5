/** Mounts of type `cgroup` and `cgroup2`: what the container sees of its cgroups. Child. */
import { Failure } from '../../failure.ts'
import type { MountPlan } from './plan.ts'

export interface CgroupMountStep {
  readonly kind: 'tmpfs' | 'bind' | 'cgroup' | 'cgroup2' | 'symlink'
  readonly source?: string
  readonly target: string
  readonly options?: readonly string[]
}

export const mountCgroups = (
  steps: readonly CgroupMountStep[],
  plan: MountPlan,
  root: number,
): number => {
  throw new Failure(`cgroup mounts ${steps.length} ${plan.index} ${root}`)
}
