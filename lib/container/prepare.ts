/**
 * PARENT. The whole container as plain data, made from the config and from what this host is like, before
 * anything is done.
 */
import { labelsOf } from '../init/labels.ts'
import type { InitPlan } from '../init/plan.ts'
import { allCapabilities } from '../linux/capabilities/parent.ts'
import { planCapabilities, type CapabilityPlan } from '../linux/capabilities/plan.ts'
import { readLayout, readOwnCgroups } from '../linux/cgroup/layout.ts'
import { planCgroup, type CgroupPlan } from '../linux/cgroup/plan.ts'
import { readCgroupOptions } from '../linux/cgroup/facts.ts'
import { planCgroupMount } from '../linux/cgroup/mounts.ts'
import { checkApparmor } from '../linux/apparmor/parent.ts'
import { ioPriorityCalls } from '../linux/io-priority/plan.ts'
import { memoryPolicyCalls } from '../linux/memory-policy/plan.ts'
import { personalityCalls } from '../linux/personality/plan.ts'
import { schedulerCalls } from '../linux/scheduler/plan.ts'
import { checkMountLabel, checkSelinux } from '../linux/selinux/parent.ts'
import { labelMounts } from '../linux/selinux/plan.ts'
import { planRdt, type RdtPlan } from '../linux/intel-rdt/plan.ts'
import { planNetDevices } from '../linux/network/devices.ts'
import { findResctrl } from '../linux/intel-rdt/resctrl.ts'
import { checkGroups } from '../linux/credentials/parent.ts'
import { credentialCalls } from '../linux/credentials/plan.ts'
import { ownsDev, planDevices } from '../linux/devices/plan.ts'
import { planEnvironment } from '../linux/exec/plan.ts'
import { ignoredOptions, planMounts, type MountPlan } from '../linux/mounts/plan.ts'
import {
  asksForUserNamespace,
  hasNamespace,
  planNamespaces,
  type NamespacePlan,
} from '../linux/namespaces/plan.ts'
import { requireUserNamespace } from '../linux/rootless/parent.ts'
import { planRootfs, type RootfsPlan } from '../linux/rootfs/plan.ts'
import { findRootfs, procMounts } from '../linux/rootfs/parent.ts'
import { inheritedNofile } from '../linux/rlimits/parent.ts'
import { planRlimits, rlimitCalls, type RlimitPlan } from '../linux/rlimits/plan.ts'
import type { KeptFilters } from '../linux/seccomp/cache.ts'
import { planSeccomp, type SeccompPlan } from '../linux/seccomp/parent.ts'
import { foreignStreams } from '../linux/streams/parent.ts'
import { lineFd } from '../stub/program.ts'
import { planTerminal } from '../linux/terminal/plan.ts'
import { contextTypeOf, isSwitchedOn } from '../spec/annotations.ts'
import { warnings } from '../spec/warnings.ts'
import { leavesSetGroups, maySetGroupsOf, type IdMappings } from '../linux/idmap/map.ts'
import { userOutside } from '../linux/idmap/outside.ts'
import type { Config, TimeOffsets } from '../spec/types.ts'
import { readOwnStatus } from './own-status.ts'
import { checkPreserved } from './preserved-fds.ts'
import type { CreateRequest } from './request.ts'
import { socketActivation, type SocketActivation } from './socket-activation.ts'
import { ownPid, variable } from '../sys/caller.ts'

/** What the plan needs to know about this host. */
export interface HostFacts {
  readonly capabilities: CapabilityPlan
  readonly rlimits: readonly RlimitPlan[]
  readonly maySetGroups: boolean
  readonly seccomp: SeccompPlan
  readonly cgroup: Pick<CgroupPlan, 'mode' | 'places'>
  readonly waitsForStart: boolean
  readonly sockets: SocketActivation
  /** Standard streams that are not the program's user's. */
  readonly streams: readonly number[]
  readonly rootfs: Pick<RootfsPlan, 'path' | 'hostProcs'>
}

/** What each mount of type `cgroup` shows. */
const planCgroupMounts = (
  mounts: readonly MountPlan[],
  namespaces: NamespacePlan,
  { cgroup }: HostFacts,
): InitPlan['cgroupMounts'] => {
  const hasOwn = hasNamespace(namespaces, 'cgroup')
  return mounts
    .filter(({ action }) => action === 'cgroup')
    .map(({ index, destination }) => ({
      index,
      steps: planCgroupMount(cgroup, destination, hasOwn),
    }))
}

export interface ContainerPlan {
  readonly config: Config
  readonly init: InitPlan
  readonly cgroup: CgroupPlan
  readonly rlimits: readonly RlimitPlan[]
  /** Of seccomp: it takes a while, and nobody needs it before the process is there. */
  readonly prepareFilter: () => void
  readonly timeOffsets: TimeOffsets
  /** What is done differently from what the config asks, and does not stop it. */
  readonly warnings: readonly string[]
  /** Of a new user namespace. */
  readonly idMappings?: IdMappings
  readonly rdt?: { readonly plan: RdtPlan; readonly root: string }
}

/** Of a new user namespace. */
const idMappingsOf = ({ linux = {} }: Config): IdMappings | undefined => {
  const { namespaces = [], uidMappings = [], gidMappings = [] } = linux
  const isNew = namespaces.some(({ type, path }) => type === 'user' && !path)
  return isNew ? { uid: uidMappings, gid: gidMappings } : undefined
}

/** Whether setgroups(2) will be allowed where the program runs, as far as is known before. */
const maySetGroups = (config: Config, idMappings: IdMappings | undefined): boolean => {
  if (isSwitchedOn(config, 'run.oci.keep_original_groups')) return false
  if (idMappings) return leavesSetGroups(idMappings)
  // Of a namespace to join a user knows nothing.
  return process.geteuid!() === 0 && maySetGroupsOf('self')
}

/** @throws Failure for what this host cannot do */
export const planContainer = (
  config: Config,
  request: CreateRequest,
  waitsForStart: boolean,
  filters: KeptFilters,
): ContainerPlan => {
  checkApparmor(config.process?.apparmorProfile)
  checkSelinux(config.process?.selinuxLabel)
  checkMountLabel(config.linux?.mountLabel)
  requireUserNamespace(config)
  const idMappings = idMappingsOf(config)
  const mayGroup = maySetGroups(config, idMappings)
  const keepsGroups = isSwitchedOn(config, 'run.oci.keep_original_groups')
  const groups = keepsGroups ? [] : checkGroups(config.process?.user ?? {}, mayGroup)
  const rdt = planRdt(config.linux?.intelRdt, request.id)
  const rdtRoot = rdt && findResctrl()
  const own = readOwnCgroups()
  const status = readOwnStatus()
  // In a user namespace the container's first process starts with everything.
  const available = asksForUserNamespace(config) ? allCapabilities() : status.bounding
  const capabilities = planCapabilities(config.process?.capabilities, available)
  const layout = readLayout(own)
  const options = readCgroupOptions(request, layout, own)
  const cgroup = planCgroup(config, request.id, layout, own, options)
  const rlimits = planRlimits(config.process?.rlimits, inheritedNofile())
  const sockets = socketActivation(variable, ownPid())
  checkPreserved(request.preserveFds + sockets.count)
  const seccomp = planSeccomp(config, capabilities, filters)
  const init = planInit(config, request, {
    rlimits,
    capabilities,
    maySetGroups: mayGroup && !keepsGroups,
    seccomp,
    cgroup,
    waitsForStart,
    sockets,
    streams: foreignStreams(userOutside(config, config.process?.user)),
    rootfs: {
      path: findRootfs(config.root?.path ?? 'rootfs', request.bundle),
      hostProcs: request.noPivot ? procMounts() : [],
    },
  })
  return {
    config,
    init,
    cgroup,
    warnings: [
      ...warnings(config),
      ...ignoredOptions(init.mounts),
      ...cgroup.notices,
      ...capabilities.warnings,
      ...groups,
    ],
    rlimits,
    prepareFilter: seccomp.prepare,
    timeOffsets: config.linux?.timeOffsets ?? {},
    ...(idMappings && { idMappings }),
    ...(rdt && rdtRoot !== undefined && { rdt: { plan: rdt, root: rdtRoot } }),
  }
}

/** Root may follow a process wherever it is, and whoever is in a joined namespace shall not. */
const isTraceable = ({ join }: NamespacePlan): boolean =>
  process.geteuid!() !== 0 && !join.some(({ type }) => type === 'user' || type === 'pid')

const DEFAULT_UMASK = 0o022

const planInit = (config: Config, request: CreateRequest, host: HostFacts): InitPlan => {
  const { linux = {}, process = { cwd: '/' } } = config
  const mounts = labelMounts(
    planMounts(config.mounts ?? [], request.bundle, host.rootfs.path),
    linux.mountLabel,
    contextTypeOf(config),
  )
  const namespaces = planNamespaces(linux.namespaces ?? [])
  const user = process.user ?? {}
  const preservedFds = request.preserveFds + host.sockets.count
  const terminal = planTerminal(process, {
    ...request,
    detach: host.waitsForStart || request.detach === true,
  })
  return {
    namespaces,
    rootfs: planRootfs(config, namespaces, { ...host.rootfs, noPivot: request.noPivot }),
    mounts,
    cgroupMounts: planCgroupMounts(mounts, namespaces, host),
    ...(ownsDev(mounts) && { devices: planDevices(linux.devices ?? []) }),
    maskedPaths: linux.maskedPaths ?? [],
    readonlyPaths: linux.readonlyPaths ?? [],
    sysctl: linux.sysctl ?? {},
    ...(config.hostname !== undefined && { hostname: config.hostname }),
    ...(config.domainname !== undefined && { domainname: config.domainname }),
    umask: user.umask ?? DEFAULT_UMASK,
    cwd: process.cwd,
    ...(process.args && { args: process.args }),
    env: planEnvironment([...(process.env ?? []), ...host.sockets.env]),
    uid: user.uid ?? 0,
    ...(!request.noNewKeyring && { sessionKeyring: `_ses.${request.id}` }),
    labels: labelsOf(process),
    netDevices: planNetDevices(config),
    ...(terminal && { terminal }),
    streams: terminal ? [] : host.streams,
    stub: {
      preservedFds,
      waitsForStart: host.waitsForStart,
      isTraceable: isTraceable(namespaces),
      become: [
        ...rlimitCalls(host.rlimits),
        ...schedulerCalls(process.scheduler, linux.resources?.cpu?.cpus),
        ...ioPriorityCalls(process.ioPriority),
        ...personalityCalls(linux.personality),
        ...memoryPolicyCalls(linux.memoryPolicy),
        ...credentialCalls({
          user,
          capabilities: host.capabilities,
          maySetGroups: host.maySetGroups,
          noNewPrivileges: process.noNewPrivileges ?? false,
          keep: host.seccomp.keep,
        }),
      ],
      last: host.seccomp.calls(lineFd({ preservedFds })),
    },
  }
}
