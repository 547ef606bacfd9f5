/**
 * Everything the child does, as plain data. Pure.
 *
 * The parent makes it from config.json before the fork; the child only walks it. `tsrun --debug create`
 * prints it.
 */
import type { CgroupDoors } from '../linux/cgroup/plan.ts'
import type { CgroupMountStep } from '../linux/cgroup/mounts.ts'
import type { DevicePlan } from '../linux/devices/plan.ts'
import type { MountPlan } from '../linux/mounts/plan.ts'
import type { NamespacePlan } from '../linux/namespaces/plan.ts'
import type { RootfsPlan } from '../linux/rootfs/plan.ts'
import type { TerminalPlan } from '../linux/terminal/plan.ts'
import type { StubPlan } from '../stub/program.ts'
import type { HookPoint } from '../sync/channel.ts'

export interface InitPlan {
  readonly namespaces: NamespacePlan
  readonly rootfs: RootfsPlan
  readonly mounts: readonly MountPlan[]
  /** By the index of the mount of type `cgroup`. */
  readonly cgroupMounts: readonly {
    readonly index: number
    readonly steps: readonly CgroupMountStep[]
  }[]
  /** Absent where /dev is bound from elsewhere. */
  readonly devices?: readonly DevicePlan[]
  readonly maskedPaths: readonly string[]
  readonly readonlyPaths: readonly string[]
  readonly sysctl: Readonly<Record<string, string>>
  readonly hostname?: string
  readonly domainname?: string
  /** Which tsrun's caller, or its engine, ignores. */
  readonly ignoredSignals: readonly number[]
  readonly umask: number
  readonly cwd: string
  /** Absent for a container without a process, which cannot be started. */
  readonly args?: readonly string[]
  readonly env: readonly string[]
  readonly uid: number
  /** The points at which the child waits for hooks. */
  readonly hookPoints: readonly HookPoint[]
  readonly sessionKeyring?: string
  readonly terminal?: TerminalPlan
  readonly stub: StubPlan
}

/** Descriptors that the child inherits, opened by the parent before the fork. */
export interface InitFiles {
  /** The child's end of the line to the parent. */
  readonly line: number
  /** The parent's: held open in the child, too, it would keep it from noticing that the parent is gone. */
  readonly parentLine: number
  readonly stage: number
  /** The socket on which the stub waits for `start`; none for `run`. */
  readonly listener?: number
  /** A procfs directory that no container had a hand in. */
  readonly proc: number
  /** Sources of mounts that the child may not open itself, by index of the mount. */
  readonly trees: ReadonlyMap<number, number>
  /** Namespaces to join, in the plan's order. */
  readonly namespaces: readonly number[]
  readonly cgroup: CgroupDoors
  /** Where the master of the terminal goes. */
  readonly console?: number
}
