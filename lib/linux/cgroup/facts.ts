/** What the plan has to know about this host and its user. Parent. */
import { Failure } from '../../failure.ts'
import { dirname, join } from '../../path.ts'
import { mayWrite } from '../../sys/host.ts'
import type { Layout, OwnCgroups } from './layout.ts'
import { pathInside, type CgroupOptions } from './plan.ts'
import type { SystemdFacts } from './systemd/plan.ts'
import { readSystemd } from './systemd/parent.ts'

/** @throws Failure where systemd is asked for and not there */
export const readCgroupOptions = (
  { systemdCgroup, rootless }: { readonly systemdCgroup: boolean; readonly rootless: boolean },
  layout: Layout,
  own: OwnCgroups,
): CgroupOptions => {
  const base = rootless && !systemdCgroup ? delegatedBase(layout, own) : undefined
  const systemd = systemdCgroup && readSystemd(rootless)
  return {
    systemd:
      systemd && rootless && isFar(systemd, layout, own) ? { ...systemd, isFar: true } : systemd,
    rootless,
    ...(base === undefined ? {} : { base }),
  }
}

/**
 * Whether the kernel lets us start nobody in a scope of the user's: a birth there is like a move, for which one
 * has to be allowed in the cgroup that both are in. A user's shell is in a scope of the system's systemd.
 */
export const isFar = ({ cgroup }: SystemdFacts, layout: Layout, own: OwnCgroups): boolean => {
  const [hierarchy] = layout.hierarchies
  if (layout.mode !== 'v2' || !hierarchy) {
    throw new Failure('a user has no systemd cgroups on a host with cgroup v1', {
      code: 'NOT_SUPPORTED',
      hint: 'boot with systemd.unified_cgroup_hierarchy=1, or leave out --systemd-cgroup',
    })
  }
  const here = pathInside(hierarchy, own)
  const ancestor = commonAncestor(here, cgroup)
  return !mayWrite(join(hierarchy.mountpoint, ancestor, 'cgroup.procs'))
}

/** `/a/b/c`, `/a/b/d` → `/a/b` */
const commonAncestor = (a: string, b: string): string => {
  const others = b.split('/')
  const names = a.split('/')
  const end = names.findIndex((name, i) => name !== others[i])
  return end === -1 ? a : names.slice(0, end).join('/') || '/'
}

/**
 * Where a user may make cgroups and move processes to: beside our own cgroup, as root would, or else in
 * it. Who moves a process has to be allowed to write `cgroup.procs` of the cgroup that both places are
 * in, so that nothing farther away is of use. cgroups(7), "Delegation containment".
 */
const delegatedBase = (layout: Layout, own: OwnCgroups): string | undefined => {
  const [hierarchy] = layout.hierarchies
  if (layout.mode !== 'v2' || !hierarchy) return undefined
  const here = pathInside(hierarchy, own)
  return [dirname(here), here].find((path) => {
    const directory = join(hierarchy.mountpoint, path)
    return mayWrite(directory) && mayWrite(`${directory}/cgroup.procs`)
  })
}
