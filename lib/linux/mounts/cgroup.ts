/** Mounts of type `cgroup` and `cgroup2`: what the container sees of its cgroups. Inside. cgroups(7) */
import { hasCode } from '../../sys/error.ts'
import { together } from '../../sys/elsewhere.ts'
import { close, mkdirat, symlinkat } from '../../sys/file.ts'
import { AT_EMPTY_PATH, AT_FDCWD } from '../../sys/flags/open.ts'
import { MOUNT_ATTR_RDONLY, OPEN_TREE_CLONE } from '../../sys/flags/mount.ts'
import { mountSetattr, moveMount, moveMountTo, openTree } from '../../sys/mount.ts'
import { basename } from '../../path.ts'
import type { CgroupMountStep, Directory } from '../cgroup/mounts.ts'
import { newFilesystem } from './new-filesystem.ts'
import type { MountPlan } from './plan.ts'

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

type FilesystemStep = Exclude<CgroupMountStep, { readonly kind: 'symlink' | 'bind' }>

const mountStep = (step: FilesystemStep, attributes: number): number => {
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
const attach = (mount: number, tmpfs: number, name: string): void => {
  mkdirat(tmpfs, name, 0o755)
  moveMountTo(mount, tmpfs, name)
  close(mount)
}

/** v1: each hierarchy is a bind mount in a tmpfs. */
const bindHierarchy = (
  source: Directory,
  name: string,
  { change }: MountPlan,
  tmpfs: number,
): void =>
  withDirectory(source, (path) =>
    together(() => {
      const mount = clone(path)
      mountSetattr(mount, '', AT_EMPTY_PATH, change)
      attach(mount, tmpfs, name)
    }),
  )

/**
 * @param steps v2's file system, or the tmpfs around v1's and what is in it
 * @param makeTarget opens a directory, and makes it where it is missing
 * @returns the mount at the destination itself
 */
export const mountCgroups = (
  [outer, ...inner]: readonly CgroupMountStep[],
  plan: MountPlan,
  root: number,
  makeTarget: (root: number, path: string) => number,
): number => {
  const target = makeTarget(root, outer!.target)
  const mount = mountStep(outer as FilesystemStep, plan.change.set)
  moveMount(mount, target)
  close(target)
  for (const step of inner) {
    const name = basename(step.target)
    if (step.kind === 'symlink') symlinkat(step.source, mount, name)
    else if (step.kind === 'bind') bindHierarchy(step.source, name, plan, mount)
    else attach(mountStep(step, plan.change.set), mount, name)
  }
  // The tmpfs had to take their mount points first.
  mountSetattr(mount, '', AT_EMPTY_PATH, plan.change)
  return mount
}
