/** config.md#process: the program, who it is, what it may do. */
import { readFileSync } from 'node:fs'
import { conform } from './harness/conform.ts'

const status = (...names: string[]): string => `grep -E "^(${names.join('|')}):" /proc/self/status`

conform('arguments arrive as they are', (t, box) => {
  const args = ['/bin/busybox', 'printf', '%s|', 'a b', '', '*', '$HOME', '-x', '"q"', 'ü\n', '\\']
  box.config.process.args = args
  t.equal(
    box.run().stdout,
    args
      .slice(3)
      .map((arg) => `${arg}|`)
      .join(''),
  )
})

conform('the environment is what the config says and nothing else', (t, box) => {
  box.config.process.env = ['A=1', 'B=', 'C=x=y z', 'PATH=/bin', `CONFORMANCE=${box.id}`]
  box.config.process.args = ['cat', '/proc/self/environ']
  const lines = box.run({ env: { HOST_SECRET: 'x' } }).stdout.split('\0')
  t.ok(['A=1', 'B=', 'C=x=y z', 'PATH=/bin'].every((line) => lines.includes(line)))
  t.notOk(lines.some((line) => line.startsWith('HOST_SECRET')))
  const names = lines.map((line) => line.split('=')[0]).filter(Boolean)
  t.strictSame(
    names.filter(
      (name) =>
        !['A', 'B', 'C', 'PATH', 'CONFORMANCE', 'HOME', 'PWD', 'SHLVL', '_', 'OLDPWD'].includes(
          name!,
        ),
    ),
    [],
    'at most HOME is added',
  )
})

conform('the program is looked up in the container’s PATH', (t, box) => {
  box.config.process.env = ['PATH=/nowhere:/bin', `CONFORMANCE=${box.id}`]
  box.config.process.args = ['echo', 'found']
  t.equal(box.run().stdout, 'found\n')
})

conform('the working directory', (t, box) => {
  box.config.process.cwd = '/tmp'
  t.equal(box.sh('pwd; readlink /proc/self/cwd').stdout, '/tmp\n/tmp\n')
})

conform('a working directory that does not exist', (t, box) => {
  box.config.process.cwd = '/made/for/it'
  const { status: code, stdout } = box.sh('pwd')
  t.ok(code !== 0 || stdout === '/made/for/it\n', 'is made or refused')
})

conform('a working directory that is a file', (t, box) => {
  box.config.process.cwd = '/etc/passwd'
  t.not(box.run().status, 0)
  t.equal(box.stateNow(), undefined)
})

conform('a relative program is looked for from the working directory', (t, box) => {
  box.config.process.cwd = '/bin'
  box.config.process.args = ['./busybox', 'echo', 'x']
  t.equal(box.run().stdout, 'x\n')
})

conform('user and groups', (t, box) => {
  box.config.process.user = { uid: 1000, gid: 1001, additionalGids: [5, 6, 1001] }
  const { stdout } = box.sh(status('Uid', 'Gid', 'Groups'))
  t.match(
    stdout,
    /^Uid:\t1000\t1000\t1000\t1000\nGid:\t1001\t1001\t1001\t1001\nGroups:\t5 6 1001 \n$/,
  )
})

conform('no additional groups unless given', (t, box) => {
  t.match(box.sh(status('Groups')).stdout, /^Groups:\t\s*$/)
})

for (const [umask, shown] of [
  [0o077, '0077'],
  [0, '0000'],
  [undefined, '0022'],
] as const) {
  conform(`umask ${umask}`, (t, box) => {
    if (umask !== undefined) box.config.process.user['umask'] = umask
    t.equal(box.sh('umask').stdout, `${shown}\n`)
  })
}

conform('rlimits', (t, box) => {
  box.config.process['rlimits'] = [
    { type: 'RLIMIT_NOFILE', soft: 100, hard: 200 },
    { type: 'RLIMIT_CORE', soft: 0, hard: 0 },
    { type: 'RLIMIT_FSIZE', soft: 1048576, hard: 2097152 },
    { type: 'RLIMIT_NPROC', soft: 300, hard: 400 },
    { type: 'RLIMIT_STACK', soft: 4194304, hard: 8388608 },
  ]
  const { stdout, stderr } = box.sh('cat /proc/self/limits')
  for (const line of [
    /Max open files\s+100\s+200\s/,
    /Max core file size\s+0\s+0\s/,
    /Max file size\s+1048576\s+2097152\s/,
    /Max processes\s+300\s+400\s/,
    /Max stack size\s+4194304\s+8388608\s/,
  ]) {
    t.match(stdout, line, stderr)
  }
})

conform('oomScoreAdj', (t, box) => {
  box.config.process['oomScoreAdj'] = 321
  t.equal(box.sh('cat /proc/self/oom_score_adj').stdout, '321\n')
})

conform('without oomScoreAdj the runtime’s own', (t, box) => {
  const { stdout } = box.sh('cat /proc/self/oom_score_adj', {
    wrap: ['/bin/sh', '-c', 'echo 77 > /proc/self/oom_score_adj; exec "$@"', 'sh'],
  })
  t.equal(stdout, '77\n')
})

for (const value of [true, false]) {
  conform(`noNewPrivileges ${value}`, (t, box) => {
    box.config.process['noNewPrivileges'] = value
    t.equal(box.sh(status('NoNewPrivs')).stdout, `NoNewPrivs:\t${value ? 1 : 0}\n`)
  })
}

const CAPS = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']

conform('no capabilities', (t, box) => {
  box.config.process['capabilities'] = {}
  const { stdout } = box.sh(status(...CAPS))
  for (const name of CAPS) t.match(stdout, new RegExp(`^${name}:\t0{16}$`, 'm'))
})

conform('five sets', (t, box) => {
  // CAP_CHOWN 0, CAP_KILL 5, CAP_NET_RAW 13, CAP_AUDIT_WRITE 29
  box.config.process['capabilities'] = {
    bounding: ['CAP_CHOWN', 'CAP_KILL', 'CAP_NET_RAW', 'CAP_AUDIT_WRITE'],
    permitted: ['CAP_CHOWN', 'CAP_KILL', 'CAP_NET_RAW'],
    inheritable: ['CAP_CHOWN', 'CAP_KILL'],
    effective: ['CAP_CHOWN', 'CAP_KILL'],
    ambient: ['CAP_CHOWN'],
  }
  box.config.process.user = { uid: 1000, gid: 1000 }
  const { stdout, stderr } = box.sh(status(...CAPS))
  t.match(stdout, /CapBnd:\t0000000020002021/, stderr)
  t.match(stdout, /CapInh:\t0000000000000021/)
  t.match(stdout, /CapAmb:\t0000000000000001/)
  t.match(stdout, /CapPrm:\t0000000000000001/, 'after execve as another user: the ambient ones')
  t.match(stdout, /CapEff:\t0000000000000001/)
})

conform('the bounding set of root', (t, box) => {
  box.config.process['capabilities'] = {
    bounding: ['CAP_CHOWN', 'CAP_KILL'],
    permitted: ['CAP_CHOWN', 'CAP_KILL'],
    effective: ['CAP_CHOWN', 'CAP_KILL'],
  }
  const { stdout } = box.sh(status(...CAPS))
  t.match(stdout, /CapBnd:\t0000000000000021/)
  t.match(stdout, /CapEff:\t0000000000000021/)
  t.match(stdout, /CapInh:\t0000000000000000/)
  t.match(stdout, /CapAmb:\t0000000000000000/)
})

conform('what a capability allows', (t, box) => {
  box.config.process['capabilities'] = {}
  t.not(box.sh('chown 1 /tmp').status, 0, 'without CAP_CHOWN')
  const caps = ['CAP_CHOWN']
  box.config.process['capabilities'] = { bounding: caps, permitted: caps, effective: caps }
  t.equal(box.sh('chown 1 /tmp').status, 0, 'with CAP_CHOWN')
})

conform('hostname', (t, box) => {
  box.config['hostname'] = 'a-name.example'
  t.equal(box.sh('hostname').stdout, 'a-name.example\n')
  t.not(readFileSync('/proc/sys/kernel/hostname', 'utf8'), 'a-name.example\n')
})

conform('domainname', (t, box) => {
  box.config.ociVersion = '1.1.0'
  box.config['domainname'] = 'a-domain'
  t.equal(box.sh('cat /proc/sys/kernel/domainname').stdout, 'a-domain\n')
})
