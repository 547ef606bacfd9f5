/**
 * From the config to what has to be done with cgroups, as plain data. Pure.
 *
 * Where the directories land is as with runc, because its callers compute the same paths:
 *
 *     cgroupsPath   v1, each hierarchy                 v2
 *     none          <own cgroup>/<id>                  <parent of own cgroup>/<id>
 *     a/b           <own cgroup>/a/b                   <parent of own cgroup>/a/b
 *     /a/b          <mountpoint>/a/b                   <mountpoint>/a/b
 *
 * v2 steps aside because a cgroup with processes, such as our own, cannot pass controllers on to its
 * children, cgroups(7) "no internal processes".
 */
import { dirname, join, normalize, resolve } from '../../path.ts'
import { Failure } from '../../failure.ts'
import type { Config, Resources } from '../../spec/types.ts'
import { planOwner } from './delegation.ts'
import { planDevices, type DevicePolicy } from './devices/plan.ts'
import type { Hierarchy, Layout, OwnCgroups } from './layout.ts'
import { invalid, type Limit, type Limits } from './limits/limit.ts'
import { limitsV1 } from './limits/v1.ts'
import { limitsV2 } from './limits/v2.ts'
import { directoryFor, pathsOf, type Place, type SavedCgroup } from './places.ts'
import { planSystemd, type SystemdFacts, type UnitPlan } from './systemd/plan.ts'

export interface Write extends Limit {
  /** Directory of the control file. */
  readonly directory: string
}

export interface CgroupPlan {
  readonly mode: Layout['mode']
  readonly places: readonly Place[]
  /** In force before a process joins. */
  readonly early: readonly Write[]
  readonly late: readonly Write[]
  readonly devices: DevicePolicy
  /** Where the devices are ruled; absent where we may not and need not. */
  readonly devicesPath?: string
  /**
   * The user may not be allowed to make cgroups, and asked for none: then the container stays in the
   * cgroup of its creator.
   */
  readonly dispensable: boolean
  /** uid that may manage the inside of the v2 cgroup. */
  readonly owner?: number
  readonly notices: readonly string[]
  /** Where systemd makes the cgroup. */
  readonly systemd?: UnitPlan
}

export interface CgroupOptions {
  /** `--systemd-cgroup`: systemd makes the cgroup. */
  readonly systemd: SystemdFacts | false
  /** Not root of the host: what is not allowed and not asked for is left out. */
  readonly rootless: boolean
  /** v2: the cgroup that relative paths begin at, where it is not the parent of our own. */
  readonly base?: string
}

/** @throws Failure for settings that this host's cgroups cannot have */
export const planCgroup = (
  config: Config,
  id: string,
  layout: Layout,
  own: OwnCgroups,
  options: CgroupOptions,
): CgroupPlan => {
  const { cgroupsPath = '', resources = {} } = config.linux ?? {}
  const devices = planDevices(resources.devices)
  const systemd = options.systemd
    ? planSystemd(config, id, layout.mode, devices, options.systemd)
    : undefined
  const places = layout.hierarchies.map((hierarchy): Place => {
    const { version, controllers, mountpoint } = hierarchy
    const path = systemd
      ? join(mountpoint, pathBelow(hierarchy, systemd.path))
      : pathIn(hierarchy, layout, own, cgroupsPath, id, options.base)
    return { version, controllers, mountpoint, path, own: directoryIn(hierarchy, own) }
  })
  const { limits, notices } = limitsFor(resources, layout)
  const cgroup = { mode: layout.mode, paths: pathsOf(places) }
  const writes = limits.map((limit) => locate(limit, cgroup))
  const devicesPath = options.rootless ? undefined : directoryFor(cgroup, 'devices')
  if (devicesPath === undefined && !options.rootless) {
    throw new Failure('no cgroup hierarchy with the devices controller is mounted', {
      code: 'CGROUP_CONTROLLER_MISSING',
      hint: 'without it a container could use every device of the host',
    })
  }
  const owner = layout.mode === 'v2' ? planOwner(config) : undefined
  return {
    mode: layout.mode,
    places,
    early: writes.filter(({ early }) => early),
    late: writes.filter(({ early }) => !early),
    devices,
    ...(devicesPath === undefined ? {} : { devicesPath }),
    dispensable: options.rootless && !systemd && cgroupsPath === '' && !writes.some(isLimit),
    ...(owner === undefined ? {} : { owner }),
    notices,
    ...(systemd === undefined ? {} : { systemd }),
  }
}

const isLimit = ({ value }: Limit): boolean => !/^max( |$)/.test(value)

/** Limits as files of this host's kind of cgroups, without the places. */
export const limitsFor = (resources: Resources, { mode }: Pick<Layout, 'mode'>): Limits =>
  mode === 'v2' ? limitsV2(resources) : limitsV1(resources)

/** @throws Failure where no hierarchy has the controller */
export const locate = (limit: Limit, cgroup: Pick<SavedCgroup, 'mode' | 'paths'>): Write => {
  const directory = directoryFor(cgroup, limit.controller)
  if (directory !== undefined) return { ...limit, directory }
  throw new Failure(
    `set ${limit.what}: no cgroup hierarchy with the ${limit.controller} controller is mounted`,
    { code: 'CGROUP_CONTROLLER_MISSING', pointer: limit.pointer },
  )
}

const pathIn = (
  { controllers, mountpoint, root }: Hierarchy,
  { mode }: Layout,
  own: OwnCgroups,
  cgroupsPath: string,
  id: string,
  delegated?: string,
): string => {
  const here = pathInside({ root, controllers }, own)
  const near = mode === 'v2' ? (delegated ?? dirname(here)) : here
  const base = cgroupsPath.startsWith('/') ? '/' : near
  const name = cgroupsPath === '' ? id : clean(cgroupsPath)
  const path = below(mountpoint, join(base, name))
  if (path === mountpoint) {
    throw invalid(
      `cgroup path "${cgroupsPath}" is the root of the hierarchy`,
      '/linux/cgroupsPath',
      'name a cgroup below it',
    )
  }
  return path
}

/** Most hierarchies have tsrun at their root. */
const below = (mountpoint: string, path: string): string =>
  path === '/' ? mountpoint : resolve(join(mountpoint, path))

/** Leads `..` nowhere: the path stays below what it is joined to. */
const clean = (path: string): string =>
  path === '' ? '' : normalize(`/${path}`).replace(/^\/|\/$/g, '')

/** A process's cgroup below the mountpoint of a hierarchy, which may show a part of it alone. */
export const pathInside = (
  { root, controllers }: Pick<Hierarchy, 'root' | 'controllers'>,
  own: OwnCgroups,
): string => {
  return pathBelow({ root }, own[controllers.join(',')] ?? '/')
}

/** The same as a directory of the host. */
export const directoryIn = (hierarchy: Hierarchy, own: OwnCgroups): string =>
  below(hierarchy.mountpoint, pathInside(hierarchy, own))

/** A cgroup's path, seen from a mountpoint that shows the hierarchy from `root` on. */
const pathBelow = ({ root }: Pick<Hierarchy, 'root'>, path: string): string => {
  if (root === '/' || path === '/') return `/${clean(path)}`
  return path.startsWith(`${root}/`) ? path.slice(root.length) : '/'
}
