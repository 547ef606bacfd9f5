/** Why there is no hierarchy with a controller of cgroup v1. Pure. cgroups(7) */
import { needsKernel } from './needs.ts'

const options: Readonly<Record<string, string>> = {
  blkio: 'CONFIG_BLK_CGROUP',
  cpu: 'CONFIG_CGROUP_SCHED',
  cpuset: 'CONFIG_CPUSETS',
  devices: 'CONFIG_CGROUP_DEVICE',
  hugetlb: 'CONFIG_CGROUP_HUGETLB',
  memory: 'CONFIG_MEMCG',
  net_cls: 'CONFIG_CGROUP_NET_CLASSID',
  net_prio: 'CONFIG_CGROUP_NET_PRIO',
  pids: 'CONFIG_CGROUP_PIDS',
  rdma: 'CONFIG_CGROUP_RDMA',
}

/** Name, hierarchy, count of cgroups, whether it is enabled. */
const isEnabled = (controller: string, listed: string): boolean | undefined => {
  const line = listed.split('\n').find((text) => text.startsWith(`${controller}\t`))
  return line === undefined ? undefined : line.endsWith('\t1')
}

/**
 * @param message of the failure, which names the controller
 * @param listed content of /proc/cgroups
 */
export const controllerHint = (
  message: string,
  listed: string,
  running: string,
): string | undefined => {
  const name = /no cgroup hierarchy with the (\w+) controller/.exec(message)?.[1] ?? ''
  const option = options[name]
  if (option === undefined) return undefined
  const enabled = isEnabled(name, listed)
  if (enabled) return 'the kernel has the controller, and it is in no hierarchy of cgroup v1'
  return needsKernel(enabled === false ? { boot: `cgroup_enable=${name}` } : { option }, running)
}
