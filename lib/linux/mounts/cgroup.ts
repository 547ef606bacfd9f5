/** Mounts of type `cgroup` and `cgroup2`: what the container sees of its cgroups. Inside. cgroups(7) */
import { hasCode } from '../../sys/error.ts'
import { together } from '../../sys/elsewhere.ts'
import { close, fchdir, mkdirat, symlinkat } from '../../sys/file.ts'
import { AT_EMPTY_PATH, AT_FDCWD, AT_RECURSIVE } from '../../sys/flags/open.ts'
import { MOUNT_ATTR_RDONLY, OPEN_TREE_CLONE } from '../../sys/flags/mount.ts'
import {
  mount as mountAt,
  mountSetattr,
  moveMount,
  moveMountTo,
  openTree,
} from '../../sys/mount.ts'
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

type Step<Kind> = Extract<CgroupMountStep, { readonly kind: Kind }>

const mountOuter = (step: Step<'cgroup2' | 'tmpfs'>, attributes: number): number => {
  if (step.kind === 'cgroup2') return mountUnified(step.fallback, attributes)
  const parameters = step.data.split(',').map((option): readonly [string, string?] => {
    const [key = '', value] = option.split('=')
    return value === undefined ? [key] : [key, value]
  })
  const writable = attributes & ~MOUNT_ATTR_RDONLY
  return newFilesystem({ type: 'tmpfs', source: 'tmpfs', parameters, attributes: writable })
}

/**
 * In the fresh tmpfs around them, where nothing can be in the way, and which is the working directory: the one call of
 * mount(2) takes a path.
 */
const mountHierarchy = ({ data }: Step<'cgroup'>, name: string, tmpfs: number): void => {
  // A named hierarchy is mounted from its name, by systemd as by runc.
  const [, source = 'cgroup'] = data.split('name=')
  mkdirat(tmpfs, name, 0o755)
  mountAt(source, name, 'cgroup', 0, data)
}

const bindHierarchy = ({ source }: Step<'bind'>, name: string, tmpfs: number): void =>
  withDirectory(source, (path) =>
    together(() => {
      const mount = clone(path)
      mkdirat(tmpfs, name, 0o755)
      moveMountTo(mount, tmpfs, name)
      close(mount)
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
  const mount = mountOuter(outer as Step<'cgroup2' | 'tmpfs'>, plan.change.set)
  moveMount(mount, target)
  close(target)
  if (inner.length > 0) fchdir(mount)
  for (const step of inner) {
    const name = basename(step.target)
    if (step.kind === 'symlink') symlinkat(step.source, mount, name)
    else if (step.kind === 'bind') bindHierarchy(step, name, mount)
    else mountHierarchy(step as Step<'cgroup'>, name, mount)
  }
  // All of them; and the tmpfs had to take their mount points first.
  mountSetattr(mount, '', AT_EMPTY_PATH | AT_RECURSIVE, plan.change)
  return mount
}
