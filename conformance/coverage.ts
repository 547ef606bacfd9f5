/**
 * Which test shows what of the specification and of the command line: what `docs/spec-conformance.md` is
 * made of (`npm run generate`), which fails for a property or an option that nobody has put here.
 *
 *     root.path         of config.json          state:pid        of `state`
 *     exec --cwd        an option of a command  features:hooks   of `features`
 *
 * Braces stand for several names: `exec --{cwd,env}`. A test's name is as its file writes it.
 */

type Tests = Readonly<Record<string, readonly string[]>>

const MAPPING = '{containerID,hostID,size}'

export const shown: Readonly<Record<string, Tests>> = {
  'conformance/features.test.ts': {
    features: ['ociVersion', 'features', 'features:{ociVersionMin,ociVersionMax,mountOptions}'],
    'every namespace of features can be made': ['features:linux.namespaces'],
    'spec writes a config that works': ['spec', 'spec --bundle'],
    '--version': ['tsrun --version'],
  },
  'lib/container/features.test.ts': {
    'what the specification has': [
      'features:{hooks,annotations,potentiallyUnsafeConfigAnnotations}',
      'features:linux.{apparmor,selinux,netDevices}.enabled',
      'features:linux.intelRdt.{enabled,schemata,monitoring}',
      'features:linux.{capabilities,mountExtensions.idmap.enabled}',
      'features:linux.memoryPolicy.{modes,flags}',
      'features:linux.cgroup.{v1,v2,systemd,systemdUser,rdma}',
    ],
    'what libseccomp and the kernel have': [
      'features:linux.seccomp.{enabled,actions,operators,archs,knownFlags,supportedFlags}',
    ],
  },
  'conformance/root.test.ts': {
    'a relative path is meant from the bundle': ['root.path'],
    'a readonly root': ['root.readonly'],
    'rootfsPropagation ${value}': ['linux.rootfsPropagation'],
    '--no-pivot': ['{create,run} --no-pivot'],
  },
  'conformance/process.test.ts': {
    'arguments arrive as they are': ['process.args'],
    'the environment is what the config says and nothing else': ['process.env'],
    'the working directory': ['process.cwd'],
    'user and groups': ['process.user.{uid,gid,additionalGids}'],
    'umask ${umask}': ['process.user.umask'],
    rlimits: ['process.rlimits[].{type,soft,hard}'],
    oomScoreAdj: ['process.oomScoreAdj'],
    'noNewPrivileges ${value}': ['process.noNewPrivileges'],
    'five sets': ['process.capabilities.{bounding,effective,inheritable,permitted,ambient}'],
    hostname: ['hostname'],
    domainname: ['domainname'],
  },
  'conformance/scheduling.test.ts': {
    'scheduler ${JSON.stringify(settings)}': ['process.scheduler.{policy,nice,priority,flags}'],
    SCHED_DEADLINE: ['process.scheduler.{runtime,deadline,period}'],
    'ioPriority ${klass} ${priority}': ['process.ioPriority.{class,priority}'],
    'execCPUAffinity ${JSON.stringify(affinity)}': ['process.execCPUAffinity.{initial,final}'],
    'memoryPolicy ${JSON.stringify(policy)}': ['linux.memoryPolicy.{mode,nodes,flags}'],
    'personality ${domain}': ['linux.personality.domain'],
  },
  'conformance/hooks.test.ts': {
    'all six, in the order of the specification, each in the order of its list': [
      'hooks.{prestart,createRuntime,createContainer,startContainer,poststart,poststop}[].path',
    ],
    '${kind}: the environment is as given, and the arguments, too': [
      'hooks.{prestart,createRuntime,createContainer,startContainer,poststart,poststop}[].{args,env}',
    ],
  },
  'conformance/hooks-failures.test.ts': {
    '${kind}: a timeout ends it': [
      'hooks.{prestart,createRuntime,createContainer,startContainer,poststart,poststop}[].timeout',
    ],
  },
  'conformance/idmapped-mounts.test.ts': {
    'mappings of the mount, ${name}': [`mounts[].{uidMappings,gidMappings}[].${MAPPING}`],
  },
  'conformance/seccomp.test.ts': {
    'SCMP_ACT_ERRNO is EPERM': ['linux.seccomp.syscalls[].{names,action}'],
    'errnoRet ${errnoRet}': ['linux.seccomp.syscalls[].errnoRet'],
    'an allow list: what is not on it fails with ${name}': [
      'linux.seccomp.{defaultAction,defaultErrnoRet}',
    ],
    '${op} ${value.toString(8)}': ['linux.seccomp.syscalls[].args[].{index,value,valueTwo,op}'],
    'flags ${flags}': ['linux.seccomp.flags'],
    'a 32-bit call is not a way around': ['linux.seccomp.architectures'],
  },
  'conformance/seccomp-notify.test.ts': {
    'the state, the metadata and one descriptor; noNewPrivileges ${noNewPrivileges}': [
      'linux.seccomp.{listenerPath,listenerMetadata}',
    ],
  },
  'conformance/terminal.test.ts': {
    'run in the foreground: streams are one terminal': ['process.terminal'],
    'the size is the user’s': ['run'],
    'create --console-socket': ['create --console-socket'],
    'exec --tty': ['exec --tty'],
  },
  'conformance/exec.test.ts': {
    '--cwd': ['exec --cwd'],
    '--env': ['exec --env'],
    '--user ${user}': ['exec --user'],
    '--additional-gids': ['exec --additional-gids'],
    '--cap adds to the sets, but not to the inheritable ones': ['exec --cap'],
    '--no-new-privs': ['exec --no-new-privs'],
    '--process': ['exec --process'],
    '--detach and --pid-file': ['exec --{detach,pid-file}'],
    '--preserve-fds': ['exec --preserve-fds'],
    'in a paused container it is refused, but for --ignore-paused': ['exec --ignore-paused'],
    '--cgroup': ['exec --cgroup'],
  },
  'conformance/time-namespace.test.ts': {
    'offsets: ${name}': ['linux.timeOffsets.{monotonic,boottime}.{secs,nanosecs}'],
  },
  'lib/spec/rules/config.test.ts': {
    annotations: ['annotations'],
  },
  'lib/spec/rules/resources.test.ts': {
    personality: ['linux.personality.flags'],
  },
  'conformance/annotations.test.ts': {
    'run.oci.keep_original_groups': ['annotations'],
    'run.oci.seccomp_fail_unknown_syscall': ['linux.seccomp.defaultAction', 'annotations'],
  },
  'conformance/mounts.test.ts': {
    'tmpfs with ${options}': ['mounts[].options'],
    'bind mount with ${options}': ['mounts[].options'],
    'mounts are made in the order of the list': ['mounts[].destination'],
    'type “bind” without an option': ['mounts[].type'],
    'a relative source is meant from the bundle': ['mounts[].source'],
  },
  'conformance/namespaces.test.ts': {
    'a new ${type} namespace': ['linux.namespaces[].type'],
    'join a ${type} namespace by path': ['linux.namespaces[].path'],
    'time offsets': ['linux.timeOffsets.{monotonic,boottime}.{secs,nanosecs}'],
  },
  'conformance/user-namespace.test.ts': {
    'the mappings are what the config says': [`linux.{uidMappings,gidMappings}[].${MAPPING}`],
  },
  'conformance/devices.test.ts': {
    'a device of the config': ['linux.devices[].{type,path,major,minor,fileMode,uid,gid}'],
    'only the allowed devices can be opened': [
      'linux.resources.devices[].{allow,type,major,minor,access}',
    ],
  },
  'lib/linux/network/devices.test.ts': {
    'a device with what it has': ['linux.netDevices{}.name'],
  },
  'conformance/paths.test.ts': {
    'a masked file': ['linux.maskedPaths'],
    'readonly paths': ['linux.readonlyPaths'],
    sysctl: ['linux.sysctl'],
  },
  'conformance/cgroups.test.ts': {
    'the path is the one of the config': ['linux.cgroupsPath'],
    'limit ${JSON.stringify(resources)}': [
      'linux.resources.memory.{limit,reservation}',
      'linux.resources.pids.limit',
      'linux.resources.cpu.{shares,quota,period,cpus,mems}',
      'linux.resources.blockIO.weight',
    ],
  },
  'lib/linux/cgroup/limits/limits.test.ts': {
    'resources as ${name} files': [
      'linux.resources.memory.{swap,kernelTCP,swappiness,disableOOMKiller}',
      'linux.resources.memory.useHierarchy',
      'linux.resources.cpu.{burst,idle,realtimeRuntime,realtimePeriod}',
      'linux.resources.blockIO.{leafWeight,weightDevice[].{major,minor,weight,leafWeight}}',
      'linux.resources.blockIO.throttle{Read,Write}{Bps,IOPS}Device[].{major,minor,rate}',
      'linux.resources.hugepageLimits[].{pageSize,limit}',
      'linux.resources.network.{classID,priorities[].{name,priority}}',
      'linux.resources.rdma{}.{hcaHandles,hcaObjects}',
      'linux.resources.unified',
    ],
    'a limit below what is in use is refused where that is asked for': [
      'linux.resources.memory.checkBeforeUpdate',
    ],
    'what has no effect is said': ['linux.resources.memory.kernel'],
  },
  'lib/linux/intel-rdt/parent.test.ts': {
    'a class of service': ['linux.intelRdt.closID'],
    'a group of its own': ['linux.intelRdt.{l3CacheSchema,memBwSchema}'],
    'schemata come last': ['linux.intelRdt.schemata'],
    monitoring: ['linux.intelRdt.enableMonitoring'],
    update: ['update --{l3-cache-schema,mem-bw-schema}'],
  },
  'lib/linux/intel-rdt/plan.test.ts': {
    'monitoring, before 1.3': ['linux.intelRdt.{enableCMT,enableMBM}'],
  },
  'lib/linux/apparmor/plan.test.ts': {
    'in a process that does as it is told': ['process.apparmorProfile', 'exec --apparmor'],
  },
  'lib/linux/selinux/plan.test.ts': {
    'in a process that does as it is told': ['process.selinuxLabel', 'exec --process-label'],
    mounts: ['linux.mountLabel'],
  },
  'lib/container/terminal.test.ts': {
    'run in the foreground: streams, size, status, and the user’s terminal as before': [
      'process.terminal',
      'process.consoleSize.{height,width}',
    ],
    '--console-socket gets the terminal; exec -t has one of its own': [
      '{create,run,exec} --console-socket',
      'exec --tty',
    ],
  },
  'conformance/lifecycle.test.ts': {
    'state has all that the specification asks for': [
      'state',
      'state:{ociVersion,id,status,pid,bundle,annotations}',
    ],
    'create, start, exit, delete': ['create', 'start', 'delete'],
    'the bundle is the current directory by default': ['{create,run} --bundle'],
    'the pid file': ['{create,run} --pid-file'],
    'kill by name and by number': ['kill'],
    'delete --force of a running container': ['delete --force'],
    list: ['list', 'list --{format,quiet}'],
    'run --keep leaves a stopped container': ['run', 'run --keep'],
    'run --detach leaves a running one': ['run --detach'],
  },
  'conformance/file-descriptors.test.ts': {
    '--preserve-fds': ['{create,run} --preserve-fds'],
  },
  'conformance/processes.test.ts': {
    'ps as a table': ['ps'],
    'ps as JSON': ['ps --format'],
    'pause and resume': ['pause', 'resume'],
    'kill --all where the first process is nobody’s parent': ['kill --all'],
  },
  'conformance/events.test.ts': {
    'events --stats': ['events --stats'],
    'events, again and again': ['events', 'events --interval'],
    'an oom event': ['events'],
  },
  'conformance/update-flags.test.ts': {
    'update, one flag after the other': [
      'update',
      'update --{pids-limit,memory,memory-reservation,memory-swap}',
      'update --{cpu-share,cpu-period,cpu-quota,cpuset-cpus,cpuset-mems}',
    ],
    'update --resources, from standard input and from a file': ['update --resources'],
  },
  'lib/cli/commands/update-resources.test.ts': {
    options: [
      'update --{blkio-weight,cpu-burst,cpu-idle,cpu-rt-period,cpu-rt-runtime}',
      'update --{kernel-memory,kernel-memory-tcp}',
    ],
  },
  'lib/container/exec/exec.test.ts': {
    'options change the process': ['exec --{user,additional-gids,cwd,env,cap,no-new-privs}'],
    '--process takes it from a file': ['exec --process'],
    'the status is the program’s, 128 + n for signal n, 255 for a failure of ours': ['exec'],
    '--detach and --pid-file': ['exec --{detach,pid-file}'],
    'pause and resume': ['exec --ignore-paused'],
  },
  'lib/linux/cgroup/exec.test.ts': {
    'where a process of exec goes': ['exec --cgroup'],
  },
  'lib/cli/argv.test.ts': {
    'agrees with yargs': ['run --no-subreaper'],
  },
  'conformance/pidfd-socket.test.ts': {
    'the pidfd of the first process': ['{create,run} --pidfd-socket'],
    'the pidfd of exec': ['exec --pidfd-socket'],
  },
  'conformance/keyring.test.ts': {
    '--no-new-keyring': ['{create,run} --no-new-keyring'],
  },
  'conformance/net-devices.test.ts': {
    'a device with another name': ['linux.netDevices{}.name'],
  },
  'lib/spec/default.test.ts': {
    'it is valid': ['spec --rootless'],
  },
  'lib/cli/place.test.ts': {
    '--root': ['tsrun --root'],
    '--rootless and --systemd-cgroup': ['tsrun --{rootless,systemd-cgroup}'],
  },
  'lib/cli/log.test.ts': {
    'the file': ['tsrun --{log,log-format,debug}'],
  },
}

/** What is not there, or not shown, and why. */
export const absent: Readonly<Record<string, string>> = {
  'process.commandLine': 'of Windows; ignored',
  'process.user.username': 'of Windows; ignored',
  '{checkpoint,restore}': 'not supported; the command is there to say so',
  'tsrun --criu': 'ignored: runc gave it up',
}

/** What a reader has to know beside the test. */
export const remarks: Readonly<Record<string, string>> = {}
