/** PARENT. What the process of `exec` shall do, from the process, the container and this host. */
import type { ExecPlan } from '../../init/exec-plan.ts'
import { labelsOf } from '../../init/labels.ts'
import { checkApparmor } from '../../linux/apparmor/parent.ts'
import { checkSelinux } from '../../linux/selinux/parent.ts'
import { debug } from '../../log.ts'
import { isSwitchedOn } from '../../spec/annotations.ts'
import type { ContainerState } from '../state/state.ts'
import { allCapabilities } from '../../linux/capabilities/parent.ts'
import { planCapabilities } from '../../linux/capabilities/plan.ts'
import { checkGroups, checkMapped } from '../../linux/credentials/parent.ts'
import { credentialCalls } from '../../linux/credentials/plan.ts'
import { planEnvironment } from '../../linux/exec/plan.ts'
import { inheritedNofile } from '../../linux/rlimits/parent.ts'
import { planRlimits, rlimitCalls, type RlimitPlan } from '../../linux/rlimits/plan.ts'
import { ioPriorityCalls } from '../../linux/io-priority/plan.ts'
import { memoryPolicyCalls } from '../../linux/memory-policy/plan.ts'
import { personalityCalls } from '../../linux/personality/plan.ts'
import { schedulerCalls } from '../../linux/scheduler/plan.ts'
import { maySetGroupsOf } from '../../linux/idmap/map.ts'
import { userOutside } from '../../linux/idmap/outside.ts'
import { flagsOf, namespaceFlags } from '../../linux/namespaces/plan.ts'
import { isShared } from '../../linux/namespaces/shared.ts'
import { planTerminal } from '../../linux/terminal/plan.ts'
import type { Config, NamespaceType, Process } from '../../spec/types.ts'
import type { KeptFilters } from '../../linux/seccomp/cache.ts'
import { planSeccomp } from '../../linux/seccomp/parent.ts'
import { foreignStreams } from '../../linux/streams/parent.ts'
import { lineFd } from '../../stub/program.ts'
import type { StubCall } from '../../stub/table.ts'
import { PR_SET_DUMPABLE } from '../../sys/flags/process.ts'
import { readOwnStatus } from '../own-status.ts'
import type { ExecRequest } from './request.ts'

/** Those that the container has for itself: joining one that we are in is refused for user namespaces. */
const foreignNamespaces = ({ linux }: Config, pid: number): readonly NamespaceType[] =>
  (linux?.namespaces ?? []).map(({ type }) => type).filter((type) => !isShared(type, pid))

/** `0-2,7` → 0, 1, 2, 7 */
const cpuList = (text: string): readonly number[] =>
  text.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })

/** 0, 1, 3 → `0xb`, as runc writes it. */
const maskText = (cpus: readonly number[]): string =>
  `0x${cpus.reduce((mask, cpu) => mask | (1n << BigInt(cpu)), 0n).toString(16)}`

const affinityOf = ({ execCPUAffinity = {} }: Process): ExecPlan['affinity'] => {
  const { initial, final } = execCPUAffinity
  // Gone by the time that the program could see it.
  if (initial) debug(() => `exec: affinity: ${maskText(cpuList(initial))}`)
  return {
    ...(initial && { initial: cpuList(initial) }),
    ...(final && { final: cpuList(final) }),
  }
}

/** The stub's own moments in the container are to be undumpable, too, from its first call on. */
const undumpable: StubCall = {
  call: 'prctl',
  args: [PR_SET_DUMPABLE, 0],
  doing: 'become undumpable',
}

export interface PlannedExec {
  readonly init: ExecPlan
  readonly inPidNamespace: boolean
  readonly rlimits: readonly RlimitPlan[]
  readonly warnings: readonly string[]
}

/** @throws Failure for what this host cannot do */
export const planExec = (
  process: Process,
  config: Config,
  request: ExecRequest,
  { init: { pid }, noNewKeyring }: ContainerState,
  filters: KeptFilters,
): PlannedExec => {
  checkApparmor(process.apparmorProfile)
  checkSelinux(process.selinuxLabel)
  const status = readOwnStatus()
  const namespaces = foreignNamespaces(config, pid)
  const hasUser = namespaces.includes('user')
  const capabilities = planCapabilities(
    process.capabilities,
    hasUser ? allCapabilities() : status.bounding,
  )
  const user = process.user ?? {}
  if (hasUser) checkMapped(user, pid)
  const keepsGroups = isSwitchedOn(config, 'run.oci.keep_original_groups')
  // A user has power over groups as root of the container's user namespace alone.
  const isRoot = hasUser || globalThis.process.geteuid?.() === 0
  const mayGroup = !keepsGroups && isRoot && maySetGroupsOf(pid)
  const groups = keepsGroups ? [] : checkGroups(user, mayGroup)
  const seccomp = planSeccomp({ ...config, process }, capabilities, filters)
  const rlimits = planRlimits(process.rlimits, inheritedNofile())
  const terminal = planTerminal(process, request)
  const stub = {
    preservedFds: request.preserveFds,
    waitsForStart: false,
    become: [
      undumpable,
      ...rlimitCalls(rlimits),
      ...schedulerCalls(process.scheduler),
      ...ioPriorityCalls(process.ioPriority),
      ...personalityCalls(config.linux?.personality),
      ...memoryPolicyCalls(config.linux?.memoryPolicy),
      ...credentialCalls({
        user,
        capabilities,
        maySetGroups: mayGroup,
        noNewPrivileges: process.noNewPrivileges ?? false,
        keep: seccomp.keep,
      }),
    ],
    last: seccomp.calls(lineFd({ preservedFds: request.preserveFds })),
  }
  const init: ExecPlan = {
    cwd: process.cwd,
    ...(process.args && { args: process.args }),
    env: planEnvironment(process.env),
    uid: user.uid ?? 0,
    umask: user.umask ?? 0o022,
    ...(!noNewKeyring && { sessionKeyring: `_ses.${request.id}` }),
    labels: labelsOf(process),
    stub,
    namespaces: flagsOf(namespaces.filter((type) => type !== 'pid')),
    userNamespace: hasUser ? namespaceFlags.user : 0,
    entersRoot: !namespaces.includes('mount'),
    ...(terminal && { terminal }),
    streams: terminal ? [] : foreignStreams(userOutside(config, user)),
    affinity: affinityOf(process),
  }
  return {
    init,
    inPidNamespace: namespaces.includes('pid'),
    rlimits,
    warnings: [...capabilities.warnings, ...groups],
  }
}
