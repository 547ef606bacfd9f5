/**
 * What a mount of type `cgroup` shows inside the container. Pure.
 *
 * With a cgroup namespace the file systems are mounted anew and begin at the container's own cgroup;
 * without one v1 shows the container's directories alone, and v2, whose paths in /proc/self/cgroup are
 * then the host's, the whole tree.
 */
import { basename, join } from '../../path.ts'
import type { CgroupPlan } from './plan.ts'
import type { Place } from './places.ts'

/** A directory on the host, and what is shown where it could not be made: the container is there, then. */
export interface Directory {
  readonly path: string
  readonly instead: string
}

/** In order. Mount flags are those of the config's mount; the tmpfs becomes read-only after the rest. */
export type CgroupMountStep =
  | { readonly kind: 'tmpfs'; readonly target: string; readonly data: string }
  /** @property data controllers: `cpu,cpuacct`, `none,name=systemd` */
  | { readonly kind: 'cgroup'; readonly target: string; readonly data: string }
  /** @property fallback to bind where a user namespace may not mount it (EPERM, EBUSY) */
  | { readonly kind: 'cgroup2'; readonly target: string; readonly fallback: Directory }
  | { readonly kind: 'bind'; readonly target: string; readonly source: Directory }
  /** @property source what the link says */
  | { readonly kind: 'symlink'; readonly target: string; readonly source: string }

/**
 * @param target the mount's destination in the container
 * @param hasNamespace whether the container has a cgroup namespace of its own
 */
export const planCgroupMount = (
  { mode, places }: Pick<CgroupPlan, 'mode' | 'places'>,
  target: string,
  hasNamespace: boolean,
): readonly CgroupMountStep[] => {
  if (mode === 'v2') {
    const { path, mountpoint, own } = places[0]!
    const fallback = { path: hasNamespace ? path : mountpoint, instead: own }
    return [{ kind: 'cgroup2', target, fallback }]
  }
  const v1 = places.filter(({ version }) => version === 1)
  return [
    { kind: 'tmpfs', target, data: 'mode=755' },
    ...v1.map((place) => hierarchyStep(place, target, hasNamespace)),
    ...v1.flatMap((place) => aliases(place, target)),
  ]
}

const hierarchyStep = (
  { controllers, mountpoint, path, own }: Place,
  under: string,
  hasNamespace: boolean,
): CgroupMountStep => {
  const target = join(under, basename(mountpoint))
  if (!hasNamespace) return { kind: 'bind', target, source: { path, instead: own } }
  const [first = ''] = controllers
  // A hierarchy without controllers has to be asked for as such.
  const data = first.startsWith('name=') ? `none,${first}` : controllers.join(',')
  return { kind: 'cgroup', target, data }
}

/** `cpu` and `cpuacct` for what is mounted as `cpu,cpuacct`: programs look for either. */
const aliases = ({ controllers, mountpoint }: Place, under: string): readonly CgroupMountStep[] => {
  const source = basename(mountpoint)
  if (controllers.length < 2) return []
  return controllers
    .filter((controller) => controller !== source)
    .map((controller) => ({ kind: 'symlink', target: join(under, controller), source }))
}
