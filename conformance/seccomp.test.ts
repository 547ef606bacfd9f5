/** config-linux.md#seccomp: what a filter does to the program, seen by the program. */
import { conform } from './harness/conform.ts'
import type { Config } from './harness/config.ts'

const x86 = process.arch === 'x64'
const architectures = [x86 ? 'SCMP_ARCH_X86_64' : 'SCMP_ARCH_AARCH64']

interface Rule {
  names: string[]
  action: string
  errnoRet?: number
  args?: { index: number; value: number; valueTwo?: number; op: string }[]
}

const filter = (config: Config, syscalls: Rule[], more: object = {}): void => {
  config.ociVersion = '1.1.0'
  config.linux['seccomp'] = { defaultAction: 'SCMP_ACT_ALLOW', architectures, syscalls, ...more }
}

/** The call behind busybox’s mkdir. */
const mkdir = ['mkdir', 'mkdirat']

conform('without a filter there is none, with one there is', (t, box) => {
  const SHOW = 'grep -E "^Seccomp(_filters)?:" /proc/self/status'
  t.match(box.sh(SHOW).stdout, /^Seccomp:\t0$/m)
  filter(box.config, [{ names: mkdir, action: 'SCMP_ACT_ERRNO' }])
  t.match(box.sh(SHOW).stdout, /^Seccomp:\t2$/m)
})

conform('SCMP_ACT_ERRNO is EPERM', (t, box) => {
  filter(box.config, [{ names: mkdir, action: 'SCMP_ACT_ERRNO' }])
  const { status, stderr } = box.sh('mkdir /tmp/x')
  t.not(status, 0)
  t.match(stderr, /not permitted/i)
})

for (const [errnoRet, text] of [
  [2, /no such file/i],
  [28, /no space left/i],
  [38, /not implemented/i],
  [1, /not permitted/i],
] as const) {
  conform(`errnoRet ${errnoRet}`, (t, box) => {
    filter(box.config, [{ names: mkdir, action: 'SCMP_ACT_ERRNO', errnoRet }])
    t.match(box.sh('mkdir /tmp/x').stderr, text)
  })
}

conform('errnoRet 0: the call is left out, and looks as if it had worked', (t, box) => {
  filter(box.config, [{ names: mkdir, action: 'SCMP_ACT_ERRNO', errnoRet: 0 }])
  const { status, stderr } = box.sh('mkdir /tmp/x && test ! -e /tmp/x')
  t.equal(status, 0, stderr)
})

for (const [action, status] of [
  ['SCMP_ACT_KILL', 159],
  ['SCMP_ACT_KILL_THREAD', 159],
  ['SCMP_ACT_KILL_PROCESS', 159],
  ['SCMP_ACT_TRAP', 159],
] as const) {
  conform(action, (t, box) => {
    filter(box.config, [{ names: mkdir, action }])
    t.equal(box.sh('/bin/busybox mkdir /tmp/x; exit $?').status, status, '128 + SIGSYS')
  })
}

for (const action of ['SCMP_ACT_ALLOW', 'SCMP_ACT_LOG']) {
  conform(`${action} lets it through`, (t, box) => {
    filter(box.config, [{ names: mkdir, action }])
    t.equal(box.sh('mkdir /tmp/x').status, 0)
  })
}

conform('SCMP_ACT_TRACE without a tracer is ENOSYS', (t, box) => {
  filter(box.config, [{ names: mkdir, action: 'SCMP_ACT_TRACE' }])
  t.match(box.sh('mkdir /tmp/x').stderr, /not implemented/i)
})

/** What an allow list needs for busybox to start, besides what it forbids. */
const allButMkdir =
  'access arch_prctl brk chdir clone clone3 close dup dup2 dup3 epoll_create1 epoll_ctl epoll_pwait epoll_wait ' +
  'execve execveat exit exit_group faccessat faccessat2 fchdir fchown fcntl fstat fstatfs futex getcwd getdents64 ' +
  'getegid geteuid getgid getpgrp getpid getppid getrandom gettid getuid ioctl kill lseek lstat madvise mmap ' +
  'mprotect munmap nanosleep clock_nanosleep newfstatat open openat openat2 pipe pipe2 poll ppoll prctl prlimit64 ' +
  'pread64 read readlink readlinkat readv recvmsg rseq rt_sigaction rt_sigprocmask rt_sigreturn sched_getaffinity ' +
  'sched_yield sendmsg sendto recvfrom set_robust_list set_tid_address setgid setgroups setpgid setresgid setresuid ' +
  'setuid sigaltstack stat statx tgkill uname wait4 waitid write writev capget capset umask close_range seccomp ' +
  'setsid keyctl time gettimeofday clock_gettime membarrier mincore getrlimit sysinfo'

for (const [name, more, text] of [
  ['EPERM', {}, /not permitted/i],
  ['its own number', { defaultErrnoRet: 28 }, /no space left/i],
] as const) {
  conform(
    `an allow list: what is not on it fails with ${name}`,
    (t, box) => {
      filter(box.config, [{ names: allButMkdir.split(' '), action: 'SCMP_ACT_ALLOW' }], {
        defaultAction: 'SCMP_ACT_ERRNO',
        ...more,
      })
      const { status, stderr } = box.sh('mkdir /tmp/x')
      t.not(status, 0)
      t.match(stderr, text)
    },
    name === 'EPERM' ? {} : { differs: { crun: '1.8 has no default other than EPERM' } },
  )
}

/** chmod(2) has the mode at 1, fchmodat(2) at 2. */
const chmod = (op: string, value: number, valueTwo?: number): Rule[] =>
  (
    [
      ['chmod', 1],
      ['fchmodat', 2],
      ['fchmodat2', 2],
    ] as const
  ).map(([name, index]) => ({
    names: [name],
    action: 'SCMP_ACT_ERRNO',
    errnoRet: 28,
    args: [{ index, value, ...(valueTwo === undefined ? {} : { valueTwo }), op }],
  }))

for (const [op, value, valueTwo, hit, miss] of [
  ['SCMP_CMP_EQ', 0o700, undefined, '700', '701'],
  ['SCMP_CMP_NE', 0o700, undefined, '701', '700'],
  ['SCMP_CMP_LT', 0o700, undefined, '677', '700'],
  ['SCMP_CMP_LE', 0o700, undefined, '700', '701'],
  ['SCMP_CMP_GT', 0o700, undefined, '701', '700'],
  ['SCMP_CMP_GE', 0o700, undefined, '700', '677'],
  // (mode & 07) == 05: others may read and execute.
  ['SCMP_CMP_MASKED_EQ', 0o7, 0o5, '705', '704'],
] as const) {
  conform(`${op} ${value.toString(8)}`, (t, box) => {
    filter(box.config, chmod(op, value, valueTwo))
    t.match(box.sh(`chmod ${hit} /tmp`).stderr, /no space left/i, `${hit} is refused`)
    const other = box.sh(`chmod ${miss} /tmp`)
    t.equal(other.status, 0, `${miss} is not: ${other.stderr}`)
  })
}

conform('several arguments of one rule must all match', (t, box) => {
  // Of a signal to process 1, and of another one to it.
  filter(box.config, [
    {
      names: ['kill'],
      action: 'SCMP_ACT_ERRNO',
      errnoRet: 28,
      args: [
        { index: 0, value: 1, op: 'SCMP_CMP_EQ' },
        { index: 1, value: 10, op: 'SCMP_CMP_EQ' },
      ],
    },
  ])
  const { stdout } = box.sh('trap : USR1 USR2; kill -USR1 1 || echo one; kill -USR2 1 || echo two')
  t.equal(stdout, 'one\n')
})

conform('several conditions on the same argument, in several rules: any will do', (t, box) => {
  filter(box.config, [...chmod('SCMP_CMP_EQ', 0o700), ...chmod('SCMP_CMP_EQ', 0o711)])
  const script = 'for m in 700 711 722; do chmod $m /tmp 2>/dev/null && echo $m; done'
  t.equal(box.sh(script).stdout, '722\n')
})

conform('a value of 64 bits', (t, box) => {
  box.config.ociVersion = '1.1.0'
  filter(box.config, [
    {
      names: ['lseek'],
      action: 'SCMP_ACT_ERRNO',
      errnoRet: 28,
      args: [{ index: 1, value: 0x500000000, op: 'SCMP_CMP_EQ' }],
    },
  ])
  const dd = (skip: number): string => `dd if=/dev/zero of=/tmp/f bs=1 count=1 seek=${skip} 2>&1`
  t.match(box.sh(dd(0x500000000)).stdout, /no space left/i)
  t.notMatch(box.sh(dd(0x100000000)).stdout, /no space left/i)
})

conform('names that no kernel knows are passed over', (t, box) => {
  filter(box.config, [{ names: ['no_such_call', ...mkdir], action: 'SCMP_ACT_ERRNO' }])
  const { status, stderr } = box.sh('mkdir /tmp/x')
  t.not(status, 0)
  t.match(stderr, /not permitted/i)
})

conform('the same call twice with the same action', (t, box) => {
  filter(box.config, [
    { names: mkdir, action: 'SCMP_ACT_ERRNO', errnoRet: 28 },
    { names: mkdir, action: 'SCMP_ACT_ERRNO', errnoRet: 28 },
  ])
  t.match(box.sh('mkdir /tmp/x').stderr, /no space left/i)
})

conform('no list of calls at all', (t, box) => {
  box.config.linux['seccomp'] = { defaultAction: 'SCMP_ACT_ALLOW' }
  const { status, stderr } = box.sh('mkdir /tmp/x')
  t.equal(status, 0, stderr)
})

for (const flags of [
  ['SECCOMP_FILTER_FLAG_LOG'],
  ['SECCOMP_FILTER_FLAG_SPEC_ALLOW'],
  ['SECCOMP_FILTER_FLAG_LOG', 'SECCOMP_FILTER_FLAG_SPEC_ALLOW'],
  ['SECCOMP_FILTER_FLAG_TSYNC'],
  [],
]) {
  conform(
    `flags ${flags}`,
    (t, box) => {
      filter(box.config, [{ names: mkdir, action: 'SCMP_ACT_ERRNO' }], { flags })
      const { status, stdout, stderr } = box.sh(
        'mkdir /tmp/x 2>/dev/null || grep Speculation_Store_Bypass /proc/self/status',
      )
      t.equal(status, 0, stderr)
      t.match(stdout, /Speculation/)
    },
    flags.length > 0 ? { differs: { runc: '1.1 supports none' } } : {},
  )
}

for (const noNewPrivileges of [true, false]) {
  for (const uid of [0, 1000]) {
    conform(`noNewPrivileges ${noNewPrivileges}, user ${uid}`, (t, box) => {
      box.config.process['noNewPrivileges'] = noNewPrivileges
      box.config.process.user = { uid, gid: uid }
      // What the runtime itself still has to do after loading it must not be in the way.
      filter(box.config, [
        { names: ['mount', 'setns', 'unshare', 'pivot_root', ...mkdir], action: 'SCMP_ACT_ERRNO' },
      ])
      const { status, stdout, stderr } = box.sh('mkdir /tmp/x; grep ^Seccomp: /proc/self/status')
      t.equal(status, 0, stderr)
      t.match(stdout, /Seccomp:\t2/)
      t.match(stderr, /not permitted/)
    })
  }
}

conform('exec runs under the filter, too', (t, box) => {
  filter(box.config, [{ names: mkdir, action: 'SCMP_ACT_ERRNO', errnoRet: 28 }])
  box.config.process.args = ['sleep', '100']
  box.create()
  box.start()
  const { status, stderr } = box.call(['exec', box.id, 'mkdir', '/tmp/x'])
  t.not(status, 0)
  t.match(stderr, /no space left/i)
})

conform('a second container with the same filter, and one with another', (t, box) => {
  for (const [errnoRet, text] of [
    [28, /no space left/i],
    [28, /no space left/i],
    [2, /no such file/i],
  ] as const) {
    filter(box.config, [{ names: mkdir, action: 'SCMP_ACT_ERRNO', errnoRet }])
    t.match(box.sh('mkdir /tmp/x').stderr, text)
  }
})

conform('beside a filter that was seen before, the rest is looked at as ever', (t, box) => {
  filter(box.config, [{ names: mkdir, action: 'SCMP_ACT_ERRNO' }])
  t.match(box.sh('mkdir /tmp/x').stderr, /not permitted/i)
  box.config.process['rlimits'] = [{ type: 'RLIMIT_COLOUR', soft: 1, hard: 1 }]
  const { status, stderr } = box.create()
  t.not(status, 0)
  t.match(stderr, /RLIMIT_COLOUR/)
  t.equal(box.stateNow(), undefined)
})

conform(
  'a 32-bit call is not a way around',
  (t, box) => {
    filter(box.config, [{ names: mkdir, action: 'SCMP_ACT_ERRNO' }], {
      architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'],
    })
    t.match(box.sh('mkdir /tmp/x').stderr, /not permitted/i)
  },
  { skip: x86 ? undefined : 'x86-64 only' },
)

for (const [name, syscalls, more] of [
  ['an unknown action', [{ names: mkdir, action: 'SCMP_ACT_COLOUR' }], {}],
  ['an unknown operator', chmod('SCMP_CMP_COLOUR', 1), {}],
  ['an unknown flag', [], { flags: ['SECCOMP_FILTER_FLAG_COLOUR'] }],
  ['an unknown architecture', [], { architectures: ['SCMP_ARCH_COLOUR'] }],
] as const) {
  conform(`refused: ${name}`, (t, box) => {
    filter(box.config, syscalls as Rule[], more)
    t.not(box.create().status, 0)
    t.equal(box.stateNow(), undefined)
  })
}

for (const [name, syscalls] of [
  ['an errno of an action that has none', [{ names: mkdir, action: 'SCMP_ACT_KILL', errnoRet: 1 }]],
  [
    'a seventh argument',
    [{ names: mkdir, action: 'SCMP_ACT_ERRNO', args: [{ index: 6, value: 0, op: 'SCMP_CMP_EQ' }] }],
  ],
  ['no names', [{ names: [], action: 'SCMP_ACT_ERRNO' }]],
] as const) {
  conform(
    `refused, as the specification says: ${name}`,
    (t, box) => {
      filter(box.config, syscalls as unknown as Rule[])
      t.not(box.create().status, 0)
      t.equal(box.stateNow(), undefined)
    },
    { differs: { runc: 'does not look', crun: '1.8 does not look' } },
  )
}
