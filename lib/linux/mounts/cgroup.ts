/** Mounts of type `cgroup` and `cgroup2`: what the container sees of its cgroups. Inside. cgroups(7) */
import { hasCode } from '../../sys/error.ts'
import { together } from '../../sys/elsewhere.ts'
import { close, mkdirat, openat, symlinkat } from '../../sys/file.ts'
import { AT_EMPTY_PATH, AT_FDCWD, O_DIRECTORY, O_NOFOLLOW, O_PATH } from '../../sys/flags/open.ts'
import { MOUNT_ATTR_RDONLY, OPEN_TREE_CLONE } from '../../sys/flags/mount.ts'
import { mountSetattr, moveMount, openTree } from '../../sys/mount.ts'
import { basename, dirname } from '../../path.ts'
import type { CgroupMountStep, Directory } from '../cgroup/mounts.ts'
import { newFilesystem } from './new-filesystem.ts'
import type { MountPlan } from './plan.ts'
import { openInRoot } from './target.ts'

/** @param use fails before it has done anything where the directory is not there */
const withDirectory = <T>({ path, instead }: Directory, use: (path: string) => T): T => {
  try {
    return use(path)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
    return use(instead)
  }
}

const clone = (path: string): number => openTree(AT_FDCWD, path, OPEN_TREE_CLONE)

/** In a user namespace the file system itself may be out of bounds; its directory can still be bound. */
const mountUnified = (fallback: Directory, attributes: number): number => {
  try {
    return newFilesystem({ type: 'cgroup2', source: 'cgroup', parameters: [], attributes })
  } catch (error) {
    const { cause = error } = error as Error
    if (!hasCode(error, 'EPERM', 'EBUSY') && !hasCode(cause, 'EPERM', 'EBUSY')) throw error
    return withDirectory(fallback, clone)
  }
}

const makeLink = (target: string, source: string, root: number): void => {
  const directory = openInRoot(root, dirname(target), O_DIRECTORY)
  symlinkat(source, directory, basename(target))
  close(directory)
}

const mountStep = (
  step: Exclude<CgroupMountStep, { readonly kind: 'symlink' }>,
  attributes: number,
): number => {
  if (step.kind === 'bind') return withDirectory(step.source, clone)
  if (step.kind === 'cgroup2') return mountUnified(step.fallback, attributes)
  const parameters = step.data.split(',').map((option): readonly [string, string?] => {
    const [key = '', value] = option.split('=')
    return value === undefined ? [key] : [key, value]
  })
  const type = step.kind
  const changed = type === 'tmpfs' ? attributes & ~MOUNT_ATTR_RDONLY : attributes
  // A named hierarchy is mounted from its name, by systemd as by runc.
  const [, source = type] = parameters.find(([key]) => key === 'name') ?? []
  return newFilesystem({ type, source, parameters, attributes: changed })
}

/** In the fresh tmpfs around them, where nothing can be in the way. */
const openMountPoint = (tmpfs: number, name: string): number => {
  mkdirat(tmpfs, name, 0o755)
  return openat(tmpfs, name, O_PATH | O_DIRECTORY | O_NOFOLLOW)
}

/** v1: each hierarchy is a bind mount in a tmpfs. */
const bindHierarchy = (
  { source, target }: { readonly source: Directory; readonly target: string },
  { change }: MountPlan,
  tmpfs: number,
): void =>
  withDirectory(source, (path) =>
    together(() => {
      const mount = clone(path)
      mountSetattr(mount, '', AT_EMPTY_PATH, change)
      const point = openMountPoint(tmpfs, basename(target))
      moveMount(mount, point)
      close(point)
      close(mount)
    }),
  )

/**
 * @param makeTarget opens a directory, and makes it where it is missing
 * @returns the mount at the destination itself
 */
export const mountCgroups = (
  steps: readonly CgroupMountStep[],
  plan: MountPlan,
  root: number,
  makeTarget: (root: number, path: string) => number,
): number => {
  let first: number | undefined
  for (const step of steps) {
    if (step.kind === 'symlink') makeLink(step.target, step.source, root)
    else if (step.kind === 'bind' && first !== undefined) bindHierarchy(step, plan, first)
    else {
      const target = makeTarget(root, step.target)
      const mount = mountStep(step, plan.change.set)
      if (step.kind === 'bind') mountSetattr(mount, '', AT_EMPTY_PATH, plan.change)
      moveMount(mount, target)
      close(target)
      if (first === undefined) first = mount
      else close(mount)
    }
  }
  // The tmpfs around v1's hierarchies had to take their mount points first.
  mountSetattr(first!, '', AT_EMPTY_PATH, plan.change)
  return first!
}
