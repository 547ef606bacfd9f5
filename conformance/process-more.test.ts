/** config.md#process and the flags of create that are about it: limits, keyring, sockets, where it stands. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'
import { Listener } from './harness/socket.ts'
import { close } from '../lib/sys/file.ts'

const LIMITS = {
  RLIMIT_AS: 'Max address space',
  RLIMIT_CORE: 'Max core file size',
  RLIMIT_CPU: 'Max cpu time',
  RLIMIT_DATA: 'Max data size',
  RLIMIT_FSIZE: 'Max file size',
  RLIMIT_LOCKS: 'Max file locks',
  RLIMIT_MEMLOCK: 'Max locked memory',
  RLIMIT_MSGQUEUE: 'Max msgqueue size',
  RLIMIT_NICE: 'Max nice priority',
  RLIMIT_NOFILE: 'Max open files',
  RLIMIT_NPROC: 'Max processes',
  RLIMIT_RSS: 'Max resident set',
  RLIMIT_RTPRIO: 'Max realtime priority',
  RLIMIT_RTTIME: 'Max realtime timeout',
  RLIMIT_SIGPENDING: 'Max pending signals',
  RLIMIT_STACK: 'Max stack size',
} as const

for (const [type, label] of Object.entries(LIMITS)) {
  // Low enough for any caller to be allowed, high enough for a shell to run.
  const small = ['RLIMIT_NICE', 'RLIMIT_RTPRIO'].includes(type)
  const [soft, hard] = small
    ? [0, 0]
    : type === 'RLIMIT_NOFILE'
      ? [50, 60]
      : type === 'RLIMIT_NPROC'
        ? [500, 600]
        : type === 'RLIMIT_SIGPENDING'
          ? [90, 91]
          : type === 'RLIMIT_MEMLOCK' || type === 'RLIMIT_MSGQUEUE'
            ? [4096, 8192]
            : [100_000_000, 200_000_000]
  conform(type, (t, box) => {
    box.config.process['rlimits'] = [{ type, soft, hard }]
    const { status, stdout, stderr } = box.sh('cat /proc/self/limits')
    t.equal(status, 0, stderr)
    t.match(stdout, new RegExp(`^${label} +${soft} +${hard} `, 'm'))
  })
}

conform('limits hold for a user who is not root', (t, box) => {
  box.config.process['rlimits'] = [{ type: 'RLIMIT_NOFILE', soft: 30, hard: 30 }]
  box.config.process.user = { uid: 1000, gid: 1000 }
  const { stdout } = box.sh('ulimit -n 40 2>/dev/null || echo refused; ulimit -n')
  t.equal(stdout, 'refused\n30\n')
})

conform(
  'a limit of 0 processes does not keep the runtime from starting the program',
  (t, box) => {
    box.config.process['rlimits'] = [{ type: 'RLIMIT_NPROC', soft: 0, hard: 0 }]
    // Of whom there is no other process: the limit is on them all, and other tests have some of 1000's.
    box.config.process.user = { uid: 61234, gid: 61234 }
    box.config.process.args = ['echo', 'ran']
    const { stdout, stderr } = box.run()
    t.equal(stdout, 'ran\n', stderr)
  },
  { differs: { runc: 'is a program of many threads', crun: 'is subject to it' } },
)

conform(
  'small limits for memory and descriptors do not, either',
  (t, box) => {
    box.config.process['rlimits'] = [
      { type: 'RLIMIT_NOFILE', soft: 3, hard: 3 },
      { type: 'RLIMIT_AS', soft: 8_000_000, hard: 8_000_000 },
      { type: 'RLIMIT_STACK', soft: 262_144, hard: 262_144 },
    ]
    box.config.process.args = ['echo', 'ran']
    const { stdout, stderr } = box.run()
    t.equal(stdout, 'ran\n', stderr)
  },
  { differs: { runc: 'is a program of many threads', crun: 'is subject to it' } },
)

conform('HOME is that of the user’s entry, unless given', (t, box) => {
  for (const [uid, env, home] of [
    [0, [], '/root'],
    [1000, [], '/home/user'],
    [4242, [], '/'],
    [1000, ['HOME=/given'], '/given'],
  ] as const) {
    box.config.process.user = { uid, gid: 0 }
    box.config.process.env = ['PATH=/bin', `CONFORMANCE=${box.id}`, ...env]
    t.equal(box.sh('echo $HOME').stdout, `${home}\n`, `${uid} ${env}`)
  }
})

conform('a session of its own', (t, box) => {
  // proc_pid_stat(5): session is field 6, process group field 5.
  t.match(box.sh('sed "s/.*) . //" /proc/1/stat').stdout, /^0 1 1 /)
})

conform('a new session keyring, unless --no-new-keyring', (t, box) => {
  // Its own alone: other tests have containers at the same time.
  const SHOW = `grep -c "_ses.${box.id}" /proc/keys; true`
  const with_ = box.sh(SHOW)
  t.equal(with_.status, 0, with_.stderr)
  const without = box.sh(SHOW, { flags: ['--no-new-keyring'] })
  t.equal(without.status, 0, without.stderr)
  if (existsSync('/proc/keys')) t.ok(Number(without.stdout) <= Number(with_.stdout))
})

conform(
  '--pidfd-socket',
  (t, box) => {
    const path = join(box.directory, 'pidfd.sock')
    const listener = new Listener(path)
    box.config.process.args = ['sleep', '100']
    const { status, stderr } = box.create(['--pidfd-socket', path])
    t.equal(status, 0, stderr)
    const { files } = listener.next({ once: true })!
    const info = readFileSync(`/proc/self/fdinfo/${files[0]}`, 'utf8')
    t.match(info, new RegExp(`^Pid:\\t${box.stateNow()!.pid}$`, 'm'))
    files.forEach((file) => close(file))
    listener.close()
  },
  { differs: { runc: '1.1 has no such option', crun: 'has no such option' } },
)

conform('the working directory: only its user may enter it', (t, box) => {
  box.sh('mkdir -m 700 /tmp/private')
  box.config.process.cwd = '/tmp/private'
  box.config.process['capabilities'] = {}
  box.config.process.user = { uid: 1000, gid: 1000 }
  const { status } = box.sh('pwd')
  // Whether the runtime enters before or after it becomes the user is its choice, but it must not hang.
  t.ok(status >= 0)
})

conform('ambient capabilities without inheritable ones are not granted', (t, box) => {
  box.config.process['capabilities'] = {
    bounding: ['CAP_CHOWN'],
    permitted: ['CAP_CHOWN'],
    ambient: ['CAP_CHOWN'],
  }
  const { status, stdout } = box.sh('grep CapAmb /proc/self/status')
  t.ok(status !== 0 || /CapAmb:\t0{16}/.test(stdout), stdout)
})

conform('every capability that the kernel has', (t, box) => {
  const last = Number(readFileSync('/proc/sys/kernel/cap_last_cap', 'utf8'))
  const names =
    'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE ' +
    'NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN ' +
    'SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE ' +
    'MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'
  const own = /CapBnd:\t(\S+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]!
  const mine = BigInt(`0x${own}`)
  const all = names
    .split(' ')
    .slice(0, last + 1)
    .filter((_, i) => (mine >> BigInt(i)) & 1n)
    .map((name) => `CAP_${name}`)
  box.config.process['capabilities'] = { bounding: all, permitted: all, effective: all }
  t.match(box.sh('grep CapBnd /proc/self/status').stdout, own)
})

conform(
  'intelRdt on a host without resctrl is an error',
  (t, box) => {
    box.config.linux['intelRdt'] = { closID: 'x', l3CacheSchema: 'L3:0=f' }
    t.not(box.create().status, 0)
    t.equal(box.stateNow(), undefined)
  },
  {
    skip: existsSync('/sys/fs/resctrl/schemata') ? 'the host has it' : undefined,
    differs: { crun: '1.8 passes over it' },
  },
)

for (const [name, key] of [
  ['an AppArmor profile', 'apparmorProfile'],
  ['an SELinux label', 'selinuxLabel'],
] as const) {
  conform(
    `${name} that the host cannot give is an error`,
    (t, box) => {
      box.config.process[key] = 'no_u:no_r:no_t:s0'
      t.not(box.run().status, 0)
      t.equal(box.stateNow(), undefined)
    },
    { differs: { runc: '1.1 passes over it', crun: '1.8 passes over it' } },
  )
}

conform('a mountLabel where there is no SELinux', (t, box) => {
  box.config.linux['mountLabel'] = 'system_u:object_r:container_file_t:s0:c1,c2'
  const { status } = box.run()
  t.ok(status >= 0, 'no hang, nothing left behind')
})

conform(
  'capabilities that the caller does not have are a warning',
  (t, box) => {
    const caps = ['CAP_CHOWN', 'CAP_SYS_BOOT']
    box.config.process['capabilities'] = { bounding: caps, permitted: caps, effective: caps }
    const wrap = ['setpriv', '--bounding-set', '-sys_boot', '--']
    const { status, stdout, stderr } = box.sh('grep CapBnd /proc/self/status', { wrap })
    t.equal(status, 0, stderr)
    t.match(stdout, /0{15}1$/m)
  },
  { differs: { runc: 'fails', crun: '1.8 fails' } },
)

conform('an empty HOME is none', (t, box) => {
  box.config.process.env.push('HOME=')
  t.equal(box.sh('echo $HOME').stdout, '/root\n')
})
