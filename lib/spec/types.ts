// Generated from schema/ by `npm run generate`: change the schemas instead.

export type SpecDocument = Config | State | Features
export type NamespaceType = 'mount' | 'pid' | 'network' | 'uts' | 'ipc' | 'user' | 'cgroup' | 'time'
export type SeccompAction =
  | 'SCMP_ACT_KILL'
  | 'SCMP_ACT_KILL_PROCESS'
  | 'SCMP_ACT_KILL_THREAD'
  | 'SCMP_ACT_TRAP'
  | 'SCMP_ACT_ERRNO'
  | 'SCMP_ACT_TRACE'
  | 'SCMP_ACT_ALLOW'
  | 'SCMP_ACT_LOG'
  | 'SCMP_ACT_NOTIFY'
export type SeccompArchitecture =
  | 'SCMP_ARCH_X86'
  | 'SCMP_ARCH_X86_64'
  | 'SCMP_ARCH_X32'
  | 'SCMP_ARCH_ARM'
  | 'SCMP_ARCH_AARCH64'
  | 'SCMP_ARCH_LOONGARCH64'
  | 'SCMP_ARCH_M68K'
  | 'SCMP_ARCH_MIPS'
  | 'SCMP_ARCH_MIPS64'
  | 'SCMP_ARCH_MIPS64N32'
  | 'SCMP_ARCH_MIPSEL'
  | 'SCMP_ARCH_MIPSEL64'
  | 'SCMP_ARCH_MIPSEL64N32'
  | 'SCMP_ARCH_PPC'
  | 'SCMP_ARCH_PPC64'
  | 'SCMP_ARCH_PPC64LE'
  | 'SCMP_ARCH_S390'
  | 'SCMP_ARCH_S390X'
  | 'SCMP_ARCH_SH'
  | 'SCMP_ARCH_SHEB'
  | 'SCMP_ARCH_PARISC'
  | 'SCMP_ARCH_PARISC64'
  | 'SCMP_ARCH_RISCV64'
export type SeccompFlag =
  | 'SECCOMP_FILTER_FLAG_TSYNC'
  | 'SECCOMP_FILTER_FLAG_LOG'
  | 'SECCOMP_FILTER_FLAG_SPEC_ALLOW'
  | 'SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV'
export type SeccompOperator =
  | 'SCMP_CMP_NE'
  | 'SCMP_CMP_LT'
  | 'SCMP_CMP_LE'
  | 'SCMP_CMP_EQ'
  | 'SCMP_CMP_GE'
  | 'SCMP_CMP_GT'
  | 'SCMP_CMP_MASKED_EQ'

/**
 * config.json of a bundle: the container that is wanted, on Linux.
 */
export interface Config {
  /**
   * The release of the runtime specification that the bundle follows (SemVer 2.0).
   */
  ociVersion: string
  root?: Root
  process?: Process
  /**
   * Host name inside; needs a uts namespace.
   */
  hostname?: string
  /**
   * NIS domain name inside; needs a uts namespace. Since 1.1.0.
   */
  domainname?: string
  /**
   * Mounted in this order, after the root.
   */
  mounts?: Mount[]
  hooks?: Hooks
  annotations?: {
    [k: string]: string
  }
  linux?: Linux
}
/**
 * The container's root filesystem.
 */
export interface Root {
  /**
   * Directory, absolute or relative to the bundle.
   */
  path: string
  /**
   * The root is read-only inside.
   */
  readonly?: boolean
}
/**
 * The program to run, and what it may do.
 */
export interface Process {
  /**
   * Give it a terminal (a pty) as its standard streams.
   */
  terminal?: boolean
  consoleSize?: ConsoleSize
  /**
   * Working directory inside, absolute.
   */
  cwd: string
  /**
   * The program and its arguments, as execvp(3) takes them.
   */
  args?: string[]
  /**
   * Environment, `NAME=value` each.
   */
  env?: string[]
  /**
   * Windows only.
   */
  commandLine?: string
  user?: User
  capabilities?: Capabilities
  /**
   * Resource limits, setrlimit(2).
   */
  rlimits?: Rlimit[]
  /**
   * execve(2) grants nothing more, prctl(2) PR_SET_NO_NEW_PRIVS.
   */
  noNewPrivileges?: boolean
  /**
   * AppArmor profile of the program.
   */
  apparmorProfile?: string
  /**
   * SELinux label of the program.
   */
  selinuxLabel?: string
  /**
   * What /proc/PID/oom_score_adj is set to.
   */
  oomScoreAdj?: number
  scheduler?: Scheduler
  ioPriority?: IoPriority
  execCPUAffinity?: ExecCpuAffinity
}
/**
 * Size of the terminal in characters; means nothing without one.
 */
export interface ConsoleSize {
  height: number | bigint
  width: number | bigint
}
/**
 * Whom the program runs as, in ids of the container's user namespace.
 */
export interface User {
  uid?: number
  gid?: number
  umask?: number
  /**
   * Supplementary groups, setgroups(2).
   */
  additionalGids?: number[]
  /**
   * Windows only.
   */
  username?: string
}
/**
 * Capability sets of the program, by names like CAP_KILL, capabilities(7).
 */
export interface Capabilities {
  bounding?: string[]
  effective?: string[]
  inheritable?: string[]
  permitted?: string[]
  ambient?: string[]
}
/**
 * One resource limit.
 */
export interface Rlimit {
  type:
    | 'RLIMIT_AS'
    | 'RLIMIT_CORE'
    | 'RLIMIT_CPU'
    | 'RLIMIT_DATA'
    | 'RLIMIT_FSIZE'
    | 'RLIMIT_LOCKS'
    | 'RLIMIT_MEMLOCK'
    | 'RLIMIT_MSGQUEUE'
    | 'RLIMIT_NICE'
    | 'RLIMIT_NOFILE'
    | 'RLIMIT_NPROC'
    | 'RLIMIT_RSS'
    | 'RLIMIT_RTPRIO'
    | 'RLIMIT_RTTIME'
    | 'RLIMIT_SIGPENDING'
    | 'RLIMIT_STACK'
  soft: number | bigint
  hard: number | bigint
}
/**
 * CPU scheduling, sched_setattr(2). Since 1.1.0.
 */
export interface Scheduler {
  policy:
    | 'SCHED_OTHER'
    | 'SCHED_FIFO'
    | 'SCHED_RR'
    | 'SCHED_BATCH'
    | 'SCHED_ISO'
    | 'SCHED_IDLE'
    | 'SCHED_DEADLINE'
  nice?: number
  priority?: number
  flags?: (
    | 'SCHED_FLAG_RESET_ON_FORK'
    | 'SCHED_FLAG_RECLAIM'
    | 'SCHED_FLAG_DL_OVERRUN'
    | 'SCHED_FLAG_KEEP_POLICY'
    | 'SCHED_FLAG_KEEP_PARAMS'
    | 'SCHED_FLAG_UTIL_CLAMP_MIN'
    | 'SCHED_FLAG_UTIL_CLAMP_MAX'
  )[]
  runtime?: number | bigint
  deadline?: number | bigint
  period?: number | bigint
}
/**
 * I/O scheduling, ioprio_set(2). Since 1.1.0.
 */
export interface IoPriority {
  class: 'IOPRIO_CLASS_RT' | 'IOPRIO_CLASS_BE' | 'IOPRIO_CLASS_IDLE'
  priority?: number
}
/**
 * CPUs that programs of `exec` may use, as lists like `0-3,7`. Since 1.2.1.
 */
export interface ExecCpuAffinity {
  /**
   * Until the program joins the container's cgroup.
   */
  initial?: string
  /**
   * From then on.
   */
  final?: string
}
/**
 * One mount, mount(8).
 */
export interface Mount {
  /**
   * Where, inside; a relative path counts from the root of the container.
   */
  destination: string
  /**
   * File system type; means nothing for a bind mount.
   */
  type?: string
  /**
   * Device, or the path to bind, relative to the bundle.
   */
  source?: string
  /**
   * Mount options; what is no mount flag goes to the file system.
   */
  options?: string[]
  /**
   * Make it an id-mapped mount; only together with gidMappings. Since 1.1.0.
   */
  uidMappings?: IdMapping[]
  /**
   * Make it an id-mapped mount; only together with uidMappings. Since 1.1.0.
   */
  gidMappings?: IdMapping[]
}
/**
 * A range of ids of a user namespace, user_namespaces(7).
 */
export interface IdMapping {
  containerID: number
  hostID: number
  size: number
}
/**
 * Programs to run at points of the container's life; each gets the state on its standard input.
 */
export interface Hooks {
  /**
   * Deprecated; runs where createRuntime runs, before it.
   */
  prestart?: Hook[]
  /**
   * In the runtime's namespaces, once the container's exist. Since 1.0.2.
   */
  createRuntime?: Hook[]
  /**
   * In the container's namespaces, before pivot_root(2). Since 1.0.2.
   */
  createContainer?: Hook[]
  /**
   * In the container, before its program. Since 1.0.2.
   */
  startContainer?: Hook[]
  /**
   * In the runtime's namespaces, once the program runs.
   */
  poststart?: Hook[]
  /**
   * In the runtime's namespaces, once the container is deleted.
   */
  poststop?: Hook[]
}
/**
 * One hook.
 */
export interface Hook {
  /**
   * The program, absolute.
   */
  path: string
  /**
   * Its arguments, from argv[0] on.
   */
  args?: string[]
  /**
   * Its environment, exactly.
   */
  env?: string[]
  /**
   * Seconds after which it is killed and has failed.
   */
  timeout?: number
}
/**
 * What only Linux has.
 */
export interface Linux {
  /**
   * New or joined; a type that is not listed is the runtime's own.
   */
  namespaces?: Namespace[]
  /**
   * User ids of the user namespace.
   */
  uidMappings?: IdMapping[]
  /**
   * Group ids of the user namespace.
   */
  gidMappings?: IdMapping[]
  timeOffsets?: TimeOffsets
  /**
   * Device files to make.
   */
  devices?: Device[]
  /**
   * Network devices to move into the container, by their name outside. Since 1.3.0.
   */
  netDevices?: {
    [k: string]: NetDevice
  }
  /**
   * The container's cgroup: absolute, relative, or `slice:prefix:name` for systemd.
   */
  cgroupsPath?: string
  resources?: Resources
  intelRdt?: IntelRdt
  memoryPolicy?: MemoryPolicy
  personality?: Personality
  sysctl?: {
    [k: string]: string
  }
  seccomp?: Seccomp
  /**
   * Mount propagation of the root; the r-forms are what callers of runc write.
   */
  rootfsPropagation?:
    | 'private'
    | 'rprivate'
    | 'shared'
    | 'rshared'
    | 'slave'
    | 'rslave'
    | 'unbindable'
    | 'runbindable'
  /**
   * Paths inside that cannot be read.
   */
  maskedPaths?: string[]
  /**
   * Paths inside that cannot be written.
   */
  readonlyPaths?: string[]
  /**
   * SELinux label of the container's mounts.
   */
  mountLabel?: string
}
/**
 * A namespace of the container, namespaces(7).
 */
export interface Namespace {
  type: NamespaceType
  /**
   * File of the namespace to join; without it a new one is made.
   */
  path?: string
}
/**
 * How far the clocks of a new time namespace are ahead, time_namespaces(7). Since 1.1.0.
 */
export interface TimeOffsets {
  monotonic?: TimeOffset
  boottime?: TimeOffset
}
/**
 * The offset of one clock.
 */
export interface TimeOffset {
  secs?: number | bigint
  nanosecs?: number
}
/**
 * A device file to make, mknod(2).
 */
export interface Device {
  /**
   * Character, block, unbuffered character device, or FIFO.
   */
  type: 'c' | 'b' | 'u' | 'p'
  /**
   * Where, inside.
   */
  path: string
  major?: number | bigint
  minor?: number | bigint
  fileMode?: number
  uid?: number
  gid?: number
}
/**
 * A network device that moves into the container.
 */
export interface NetDevice {
  /**
   * Its name inside; without it the one it has.
   */
  name?: string
}
/**
 * Limits of the container's cgroup.
 */
export interface Resources {
  /**
   * Applied in this order.
   */
  devices?: DeviceRule[]
  memory?: Memory
  cpu?: Cpu
  pids?: Pids
  blockIO?: BlockIo
  /**
   * By page size.
   */
  hugepageLimits?: HugepageLimit[]
  network?: Network
  /**
   * By device. Since 1.0.2.
   */
  rdma?: {
    [k: string]: Rdma
  }
  unified?: {
    [k: string]: string
  }
}
/**
 * Allow or deny access to devices.
 */
export interface DeviceRule {
  allow: boolean
  /**
   * `a`, `c` or `b`; `a` where it is left out.
   */
  type?: string
  major?: number | bigint
  minor?: number | bigint
  /**
   * Letters out of `rwm`; all where it is left out.
   */
  access?: string
}
/**
 * Memory in bytes, -1 for no limit.
 */
export interface Memory {
  limit?: number | bigint
  reservation?: number | bigint
  swap?: number | bigint
  kernel?: number | bigint
  kernelTCP?: number | bigint
  swappiness?: number | bigint
  disableOOMKiller?: boolean
  /**
   * Since 1.0.2.
   */
  useHierarchy?: boolean
  /**
   * Refuse a limit below what is in use. Since 1.1.0.
   */
  checkBeforeUpdate?: boolean
}
/**
 * CPU time and CPUs.
 */
export interface Cpu {
  shares?: number | bigint
  quota?: number | bigint
  burst?: number | bigint
  period?: number | bigint
  realtimeRuntime?: number | bigint
  realtimePeriod?: number | bigint
  /**
   * CPUs as a list like `0-3,7`.
   */
  cpus?: string
  /**
   * Memory nodes as such a list.
   */
  mems?: string
  idle?: number | bigint
}
/**
 * Number of tasks.
 */
export interface Pids {
  limit?: number | bigint
}
/**
 * Block devices.
 */
export interface BlockIo {
  weight?: number
  leafWeight?: number
  weightDevice?: WeightDevice[]
  throttleReadBpsDevice?: ThrottleDevice[]
  throttleWriteBpsDevice?: ThrottleDevice[]
  throttleReadIOPSDevice?: ThrottleDevice[]
  throttleWriteIOPSDevice?: ThrottleDevice[]
}
/**
 * The weight of one device.
 */
export interface WeightDevice {
  major: number | bigint
  minor: number | bigint
  weight?: number
  leafWeight?: number
}
/**
 * The rate of one device.
 */
export interface ThrottleDevice {
  major: number | bigint
  minor: number | bigint
  rate: number | bigint
}
/**
 * Bytes in huge pages of one size.
 */
export interface HugepageLimit {
  /**
   * As the kernel names it: `2MB`.
   */
  pageSize: string
  limit: number | bigint
}
/**
 * Network class and priorities, cgroup v1.
 */
export interface Network {
  classID?: number
  priorities?: InterfacePriority[]
}
/**
 * The priority of one interface.
 */
export interface InterfacePriority {
  name: string
  priority: number
}
/**
 * Limits of one RDMA device; at least one of them.
 */
export interface Rdma {
  hcaHandles?: number
  hcaObjects?: number
}
/**
 * Cache and memory bandwidth through resctrl.
 */
export interface IntelRdt {
  /**
   * Class of service; `/` is the default one. Since 1.0.2.
   */
  closID?: string
  /**
   * Lines written to the schemata file, last. Since 1.3.0.
   */
  schemata?: string[]
  /**
   * The L3 line.
   */
  l3CacheSchema?: string
  /**
   * The MB line. Since 1.0.2.
   */
  memBwSchema?: string
  /**
   * Make a monitoring group. Since 1.3.0.
   */
  enableMonitoring?: boolean
  /**
   * Cache monitoring; 1.1.0 to 1.2.1 only.
   */
  enableCMT?: boolean
  /**
   * Bandwidth monitoring; 1.1.0 to 1.2.1 only.
   */
  enableMBM?: boolean
}
/**
 * NUMA memory policy, set_mempolicy(2). Since 1.3.0.
 */
export interface MemoryPolicy {
  mode:
    | 'MPOL_DEFAULT'
    | 'MPOL_BIND'
    | 'MPOL_INTERLEAVE'
    | 'MPOL_WEIGHTED_INTERLEAVE'
    | 'MPOL_PREFERRED'
    | 'MPOL_PREFERRED_MANY'
    | 'MPOL_LOCAL'
  /**
   * Nodes as a list like `0-3,7`.
   */
  nodes?: string
  flags?: ('MPOL_F_NUMA_BALANCING' | 'MPOL_F_RELATIVE_NODES' | 'MPOL_F_STATIC_NODES')[]
}
/**
 * Execution domain, personality(2). Since 1.0.2.
 */
export interface Personality {
  domain: 'LINUX' | 'LINUX32'
  flags?: string[]
}
/**
 * System calls that are allowed, seccomp(2).
 */
export interface Seccomp {
  defaultAction: SeccompAction
  defaultErrnoRet?: number
  /**
   * Beside the native one.
   */
  architectures?: SeccompArchitecture[]
  /**
   * Since 1.0.2.
   */
  flags?: SeccompFlag[]
  /**
   * Socket that gets the listener's descriptor for SCMP_ACT_NOTIFY. Since 1.1.0.
   */
  listenerPath?: string
  /**
   * Sent along with it. Since 1.1.0.
   */
  listenerMetadata?: string
  syscalls?: SeccompRule[]
}
/**
 * What happens on some system calls.
 */
export interface SeccompRule {
  /**
   * @minItems 1
   */
  names: string[]
  action: SeccompAction
  errnoRet?: number
  /**
   * All must match.
   */
  args?: SeccompArgument[]
}
/**
 * A condition on one argument.
 */
export interface SeccompArgument {
  index: number
  value: number | bigint
  valueTwo?: number | bigint
  op: SeccompOperator
}
/**
 * What `state` prints and hooks read.
 */
export interface State {
  ociVersion: string
  id: string
  /**
   * creating, created, running or stopped; a runtime may add its own, as `paused`.
   */
  status: string
  pid?: number
  /**
   * Absolute.
   */
  bundle: string
  annotations?: {
    [k: string]: string
  }
}
/**
 * What `features` prints: what this runtime can do. Since 1.1.0.
 */
export interface Features {
  ociVersionMin: string
  ociVersionMax: string
  hooks?: string[]
  mountOptions?: string[]
  annotations?: {
    [k: string]: string
  }
  /**
   * Names; one that ends in `.` is a prefix. Since 1.2.0.
   */
  potentiallyUnsafeConfigAnnotations?: string[]
  linux?: LinuxFeatures
}
/**
 * What only Linux has.
 */
export interface LinuxFeatures {
  namespaces?: NamespaceType[]
  capabilities?: string[]
  cgroup?: CgroupFeatures
  seccomp?: SeccompFeatures
  apparmor?: Switch
  selinux?: Switch
  intelRdt?: IntelRdtFeatures
  mountExtensions?: MountExtensions
  memoryPolicy?: MemoryPolicyFeatures
  netDevices?: Switch
}
/**
 * Kinds of cgroups.
 */
export interface CgroupFeatures {
  v1?: boolean
  v2?: boolean
  systemd?: boolean
  systemdUser?: boolean
  rdma?: boolean
}
/**
 * What seccomp knows.
 */
export interface SeccompFeatures {
  enabled?: boolean
  actions?: SeccompAction[]
  operators?: SeccompOperator[]
  archs?: SeccompArchitecture[]
  knownFlags?: SeccompFlag[]
  supportedFlags?: SeccompFlag[]
}
/**
 * Supported or not.
 */
export interface Switch {
  enabled?: boolean
}
/**
 * What resctrl can.
 */
export interface IntelRdtFeatures {
  enabled?: boolean
  /**
   * Since 1.3.0.
   */
  schemata?: boolean
  /**
   * Since 1.3.0.
   */
  monitoring?: boolean
}
/**
 * Since 1.2.0.
 */
export interface MountExtensions {
  idmap?: Switch
}
/**
 * Since 1.3.0.
 */
export interface MemoryPolicyFeatures {
  modes?: string[]
  flags?: string[]
}
