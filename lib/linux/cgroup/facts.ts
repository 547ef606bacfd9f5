/** What the plan has to know about this host and its user. Parent. */
import { dirname, join } from '../../path.ts'
import { mayWrite } from '../../sys/host.ts'
import type { Layout, OwnCgroups } from './layout.ts'
import { pathInside, type CgroupOptions } from './plan.ts'
import { readSystemd } from './systemd/parent.ts'

/** @throws Failure where systemd is asked for and not there */
export const readCgroupOptions = (
  { systemdCgroup, rootless }: { readonly systemdCgroup: boolean; readonly rootless: boolean },
  layout: Layout,
  own: OwnCgroups,
): CgroupOptions => {
  const base = rootless && !systemdCgroup ? delegatedBase(layout, own) : undefined
  return {
    systemd: systemdCgroup && readSystemd(rootless),
    rootless,
    ...(base === undefined ? {} : { base }),
  }
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
