/**
 * What in the validation programs cannot be met, and why: each shown by what runc 1.1.5 and crun 1.8.1 do.
 *
 * Whatever fails and is not explained here is the runtime's fault.
 */
import { existsSync, readFileSync } from 'node:fs'

export interface Fault {
  /**
   * `suite`: the program itself errs. `superseded`: the rule is not in runtime-spec 1.3 any more, or says the
   * opposite. `host`: it wants what this host does not have. `race`: right or wrong by chance, so it gets five tries.
   */
  readonly kind: 'suite' | 'superseded' | 'host' | 'race'
  readonly why: string
  /** The assertions that fail for that; absent: the program has no others. */
  readonly assertions?: RegExp
  /** What the oracles do on this host. */
  readonly oracles: { readonly runc: string; readonly crun: string }
  /** Whether this host is one of those where it matters. */
  readonly applies?: () => boolean
}

const fails = { runc: 'fails', crun: 'fails' }

const lacksHierarchy = (controller: string) => (): boolean =>
  !existsSync(`/sys/fs/cgroup/${controller}/tasks`)

const lacksSecurity = (module: string) => (): boolean => {
  const list = '/sys/kernel/security/lsm'
  return !existsSync(list) || !readFileSync(list, 'utf8').split(',').includes(module)
}

const lacksCapabilities = (): boolean => {
  const held = /^CapBnd:\s*(\w+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'
  const last = BigInt(readFileSync('/proc/sys/kernel/cap_last_cap', 'utf8').trim())
  return BigInt(`0x${held}`) !== (1n << (last + 1n)) - 1n
}

const lacksLeafWeight = (): boolean => !existsSync('/sys/fs/cgroup/blkio/blkio.leaf_weight')

const blkio: Fault = {
  kind: 'host',
  why: 'sets the weights of CFQ, which left the kernel in 5.0, and limits a disk 8:0',
  oracles: fails,
  applies: lacksLeafWeight,
}

const hugetlb: Fault = {
  kind: 'host',
  why: 'wants a v1 hierarchy with hugetlb',
  oracles: fails,
  applies: lacksHierarchy('hugetlb'),
}

const network: Fault = {
  kind: 'host',
  why: 'wants v1 hierarchies with net_cls and net_prio',
  oracles: fails,
  applies: lacksHierarchy('net_cls'),
}

const kernelMemory: Fault = {
  kind: 'host',
  why: 'memory.kmem.limit_in_bytes: ignored by kernels since 5.16',
  assertions: /^memory kernel is set correctly$/,
  oracles: { runc: 'fails, and the same for kernelTCP', crun: 'fails' },
}

export const faults: Readonly<Record<string, Fault>> = {
  delete: {
    kind: 'suite',
    why: 'wants delete of a created container to fail, which every engine relies on',
    assertions: /^attempting to `delete` a container that is not `stopped`/,
    oracles: fails,
  },
  hooks: {
    kind: 'suite',
    why: 'reads what the hooks wrote after it has removed the directory',
    oracles: fails,
  },
  hooks_stdin: {
    kind: 'superseded',
    why: 'wants status created in prestart hooks, which run while the container is creating',
    assertions: /"prestart" hook over stdin$/,
    oracles: { runc: 'fails, and the same for poststart', crun: 'passes, with status created' },
  },
  killsig: {
    kind: 'race',
    why: 'the signal may come before the program has its trap',
    oracles: { runc: 'passes, mostly', crun: 'passes, mostly' },
  },
  linux_cgroups_blkio: blkio,
  linux_cgroups_hugetlb: hugetlb,
  linux_cgroups_memory: kernelMemory,
  linux_cgroups_network: network,
  linux_cgroups_relative_blkio: blkio,
  linux_cgroups_relative_hugetlb: hugetlb,
  linux_cgroups_relative_memory: kernelMemory,
  linux_cgroups_relative_network: network,
  linux_mount_label: {
    kind: 'host',
    why: 'wants SELinux',
    oracles: { runc: 'fails', crun: 'passes: leaves the label out' },
    applies: lacksSecurity('selinux'),
  },
  linux_process_apparmor_profile: {
    kind: 'host',
    why: 'wants AppArmor',
    oracles: { runc: 'fails', crun: 'fails; newer ones leave the profile out' },
    applies: lacksSecurity('apparmor'),
  },
  misc_props: {
    kind: 'suite',
    why: 'runs a program that it has not copied into the bundle',
    assertions: /unknown annotation key$/,
    oracles: fails,
  },
  pidfile: {
    kind: 'race',
    why: 'kills a container whose program may have ended, and takes the error for a failure',
    assertions: /^create with '--pid-file' option works$/,
    oracles: fails,
  },
  poststart: {
    kind: 'race',
    why: 'the program and the hook write to one file in either order',
    oracles: { runc: 'fails: runs poststart hooks in create', crun: 'passes, mostly' },
  },
  poststart_fail: {
    kind: 'superseded',
    why: 'wants a failed poststart hook to be a warning; since 1.3.0 it stops the container',
    oracles: { runc: 'fails', crun: 'passes' },
  },
  prestart: {
    kind: 'superseded',
    why: 'wants prestart hooks in start; since 1.0.2 they run in create',
    oracles: fails,
  },
  process_capabilities: {
    kind: 'host',
    why: 'wants all capabilities, and this process has not all of them to give',
    oracles: fails,
    applies: lacksCapabilities,
  },
  process_capabilities_fail: {
    kind: 'superseded',
    why: 'wants an error for an unknown capability; since 1.1.0 it is a warning',
    oracles: fails,
  },
  process_rlimits: {
    kind: 'suite',
    why: 'its own Go runtime raises the soft limit before it looks',
    assertions: /^has expected soft RLIMIT_NOFILE$/,
    oracles: fails,
  },
  start: {
    kind: 'suite',
    why: 'wants start without a process to succeed, under the message that it must fail, and then waits for its end',
    assertions:
      /if `process` was not set$|^timeout in waiting for the container status$|^exit status 1$/,
    oracles: { runc: 'fails: refuses in create', crun: 'fails: refuses in create' },
  },
}
