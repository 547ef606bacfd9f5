/** Everything that is done inside the container before its program starts, as plain data. Pure. */
import type { SavedCgroup } from '../linux/cgroup/places.ts'
import type { CgroupMountStep } from '../linux/cgroup/mounts.ts'
import type { DevicePlan } from '../linux/devices/plan.ts'
import type { MountPlan, MountTree } from '../linux/mounts/plan.ts'
import type { NamespacePlan } from '../linux/namespaces/plan.ts'
import type { NetDevicePlan } from '../linux/network/devices.ts'
import type { RootfsPlan } from '../linux/rootfs/plan.ts'
import type { TerminalPlan } from '../linux/terminal/plan.ts'
import type { Labels } from './labels.ts'
import type { StubPlan } from '../stub/program.ts'

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
  readonly umask: number
  readonly cwd: string
  /** Absent for a container without a process, which cannot be started. */
  readonly args?: readonly string[]
  readonly env: readonly string[]
  readonly uid: number
  readonly sessionKeyring?: string
  readonly labels: Labels
  readonly netDevices: readonly NetDevicePlan[]
  readonly terminal?: TerminalPlan
  /** Standard streams that become the program's user's. */
  readonly streams: readonly number[]
  readonly stub: StubPlan
}

/** Descriptors of the process's own, opened while it was still outside of the container, and what it finds by them. */
export interface InitFiles {
  /** A procfs directory that no container had a hand in. */
  readonly proc: number
  /** The host's root, by the number that the container's will have: so nobody has to wait to hear of one. */
  readonly root: number
  /** To enter. */
  readonly cgroup: Pick<SavedCgroup, 'paths'>
  /** Sources of mounts that cannot be opened from inside, by index of the mount. */
  readonly trees: ReadonlyMap<number, MountTree>
  /** Namespaces to join, in the plan's order; without those that are joined. */
  readonly namespaces: readonly (number | undefined)[]
  /** Where the master of the terminal goes. */
  readonly console?: number
}
