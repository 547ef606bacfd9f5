/**
 * The mounts of a container without a mount namespace: they are the host's, and have to be taken off again
 * with the container. Parent.
 */
import { MNT_DETACH, UMOUNT_NOFOLLOW } from '../../sys/flags/mount.ts'
import { umount2 } from '../../sys/mount.ts'
import { readMounts, type MountEntry } from './mountinfo.ts'

/** What state.json keeps. */
export interface HostMounts {
  readonly rootfs: string
  /** Ids of the mounts that were below it before. */
  readonly before: readonly number[]
  /** Ids of those that tsrun made; unknown while it makes them. */
  readonly made?: readonly number[]
}

const below = (rootfs: string): readonly MountEntry[] =>
  readMounts().filter(({ path }) => path.startsWith(`${rootfs}/`))

/** Before the first mount is made. */
export const expectHostMounts = (rootfs: string): HostMounts => ({
  rootfs,
  before: below(rootfs).map(({ id }) => id),
})

/** When all are made: what somebody mounts there later is not ours. */
export const foundHostMounts = ({ rootfs, before }: HostMounts): HostMounts => ({
  rootfs,
  before,
  made: below(rootfs)
    .map(({ id }) => id)
    .filter((id) => !before.includes(id)),
})

/** Last first. A mount has the path that it has by now: directories above it may have got other names. */
export const removeHostMounts = ({ rootfs, before, made }: HostMounts): void => {
  const ours = below(rootfs).filter(({ id }) => made?.includes(id) ?? !before.includes(id))
  for (const { path } of ours.toReversed()) umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW)
}
