/** `exec`: another process in a container that runs, with every option. */
import { execFileSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { cgroupsOf } from './harness/cgroups.ts'
import { conform } from './harness/conform.ts'
import { Listener } from './harness/socket.ts'
import type { Box, CallOptions, Result } from './harness/box.ts'
import { close } from '../lib/sys/file.ts'

/** Starts a container that stays. */
const up = (box: Box): void => {
  box.config.process.args = ['sleep', '100']
  const { status, stderr } = box.create()
  if (status !== 0) throw new Error(`create: ${stderr}`)
  box.start()
}

const exec = (
  box: Box,
  flags: readonly string[],
  command: string | readonly string[],
  options: CallOptions = {},
): Result => {
  const args = typeof command === 'string' ? ['/bin/sh', '-c', command] : command
  return box.call(['exec', ...flags, box.id, ...args], options)
}

conform(
  '--process of a FIFO that nobody writes to, and of what a shell pipes',
  (t, box) => {
    up(box)
    const fifo = join(box.directory, 'fifo')
    execFileSync('mkfifo', [fifo])
    const { status, stderr } = box.call(['exec', '--process', fifo, box.id])
    t.equal(status, 255)
    t.match(stderr, /FIFO/)
    const args = ['/bin/sh', '-c', 'echo from-a-pipe']
    const file = join(box.directory, 'process.json')
    writeFileSync(file, JSON.stringify({ cwd: '/', args }))
    const script = `exec "$@" --process <(sleep 0.2; cat ${file}) ${box.id}`
    const piped = box.call(['exec'], { wrap: ['bash', '-c', script, 'bash'] })
    t.equal(piped.stdout, 'from-a-pipe\n', piped.stderr)
  },
  { differs: { runc: 'waits for somebody', crun: 'waits for somebody' } },
)

conform('the status is the program’s', (t, box) => {
  up(box)
  for (const status of [0, 1, 42, 255]) t.equal(exec(box, [], `exit ${status}`).status, status)
  t.equal(exec(box, [], 'kill -TERM $$; sleep 5').status, 128 + 15)
  t.equal(exec(box, [], 'kill -KILL $$; sleep 5').status, 128 + 9)
})

conform('standard streams', (t, box) => {
  up(box)
  const result = exec(box, [], 'cat; echo error >&2', { input: 'hello\n' })
  t.match(result, { stdout: 'hello\n', stderr: 'error\n' })
})

conform('10 MB through the streams', (t, box) => {
  up(box)
  const { stdout } = exec(box, [], 'head -c 10000000 /dev/zero | tr "\\0" x')
  t.equal(stdout.length, 10_000_000)
})

conform('all namespaces, the root and the cgroup are the container’s', (t, box) => {
  box.config.linux.namespaces.push({ type: 'cgroup' })
  up(box)
  const { pid } = box.stateNow()!
  const names = ['net', 'ipc', 'uts', 'mnt', 'pid', 'cgroup', 'user']
  const show = names.map((name) => `readlink /proc/self/ns/${name}`).join(';')
  const { stdout } = exec(box, [], `${show}; cat /proc/self/cgroup`)
  const lines = stdout.trim().split('\n')
  t.strictSame(
    lines.slice(0, names.length),
    names.map((name) => readlinkSync(`/proc/${pid}/ns/${name}`)),
  )
  t.strictSame(
    lines
      .slice(names.length)
      .filter((line) => /memory|pids/.test(line))
      .map((line) => line.split(':')[2]),
    lines
      .slice(names.length)
      .filter((line) => /memory|pids/.test(line))
      .map(() => '/'),
  )
})

conform('environment, working directory, user and limits are those of the config', (t, box) => {
  box.config.process.env.push('A=from config')
  box.config.process.cwd = '/tmp'
  box.config.process.user = { uid: 1000, gid: 1001, additionalGids: [5], umask: 0o27 }
  box.config.process['rlimits'] = [{ type: 'RLIMIT_NOFILE', soft: 77, hard: 88 }]
  box.config.process['oomScoreAdj'] = 99
  box.config.process['noNewPrivileges'] = true
  const caps = ['CAP_CHOWN', 'CAP_KILL']
  box.config.process['capabilities'] = { bounding: caps, permitted: caps, effective: caps }
  up(box)
  const { stdout } = exec(
    box,
    [],
    'echo $A; pwd; id -u; id -g; id -G; umask; ulimit -n; ulimit -Hn; cat /proc/self/oom_score_adj; ' +
      'grep -E "^(NoNewPrivs|CapBnd)" /proc/self/status',
  )
  t.equal(
    stdout,
    'from config\n/tmp\n1000\n1001\n1001 5\n0027\n77\n88\n99\nCapBnd:\t0000000000000021\nNoNewPrivs:\t1\n',
  )
})

conform('--cwd', (t, box) => {
  up(box)
  t.equal(exec(box, ['--cwd', '/bin'], 'pwd').stdout, '/bin\n')
  t.not(exec(box, ['--cwd', '/etc/passwd'], 'pwd').status, 0, 'a file')
  t.not(exec(box, ['--cwd', 'bin'], 'pwd').status, 0, 'a relative path')
  // podman and docker make their status 127 of these words.
  t.match(exec(box, ['--cwd', '/absent'], 'pwd').stderr, /no such file or directory/i)
})

conform('--env', (t, box) => {
  box.config.process.env.push('OLD=1')
  up(box)
  const { stdout } = exec(
    box,
    ['--env', 'A=1', '--env', 'B=x y=z', '--env', 'OLD=2'],
    'echo $A,$B,$OLD',
  )
  t.equal(stdout, '1,x y=z,2\n')
  t.equal(exec(box, ['-e', 'A=1', '-e', 'A=2', '-e', 'B='], 'echo $A,$B').stdout, '2,\n')
})

conform('--env may change PATH, and the program is looked up there', (t, box) => {
  mkdirSync(join(box.rootfs, 'opt'))
  writeFileSync(join(box.rootfs, 'opt/mine'), '#!/bin/sh\necho mine\n', { mode: 0o755 })
  up(box)
  t.equal(exec(box, ['--env', 'PATH=/opt:/bin'], ['mine']).stdout, 'mine\n')
})

for (const [user, shown] of [
  ['1000', '1000'],
  ['0', '0'],
  ['1000:1001', '1000 1001'],
  ['0:5', '0 5'],
  ['4294967294:4294967294', '4294967294 4294967294'],
] as const) {
  conform(`--user ${user}`, (t, box) => {
    up(box)
    const { stdout, stderr } = exec(box, ['--user', user], 'echo $(id -u) $(id -g)')
    t.equal(stdout.trim().split(' ').slice(0, shown.split(' ').length).join(' '), shown, stderr)
  })
}

for (const user of ['root', '-1', '1x', '0x0', '1:', ':1', '1:2:3', '', '4294967296', ' 1', '1 ']) {
  conform(
    `--user “${user}” is refused, or is not taken for something else`,
    (t, box) => {
      up(box)
      const { status, stdout } = exec(box, ['--user', user], 'id -u')
      // An empty value is what an option is that was not given.
      if (user === '') t.ok(status !== 0 || stdout === '0\n')
      else t.not(status, 0, stdout)
    },
    { differs: { runc: 'reads some of them leniently', crun: '1.8 reads with strtol(3)' } },
  )
}

conform(
  '--additional-gids',
  (t, box) => {
    up(box)
    const { status, stdout, stderr } = exec(
      box,
      ['--user', '1000:1000', '-g', '5', '-g', '6'],
      'id -G',
    )
    t.equal(status, 0, stderr)
    t.equal(stdout, '1000 5 6\n')
  },
  { differs: { crun: '1.8 has no such option' } },
)

conform(
  '--cap adds to the sets, but not to the inheritable ones',
  (t, box) => {
    const caps = ['CAP_CHOWN']
    box.config.process['capabilities'] = { bounding: caps, permitted: caps, effective: caps }
    up(box)
    const { stdout } = exec(
      box,
      ['-c', 'CAP_KILL', '-c', 'CAP_NET_RAW'],
      'grep -E "^Cap(Inh|Bnd|Eff|Amb)" /proc/self/status',
    )
    t.match(stdout, /CapInh:\t0{16}\nCapEff:\t0{12}2021\nCapBnd:\t0{12}2021\nCapAmb:\t0{16}/)
  },
  { differs: { runc: '1.1 adds ambient ones for root, too', crun: '1.8 does so, too' } },
)

conform('--cap of a name that does not exist', (t, box) => {
  up(box)
  const { status } = exec(box, ['--cap', 'CAP_COLOUR'], 'true')
  t.ok(status >= 0, 'an error or a warning')
})

conform('--no-new-privs', (t, box) => {
  up(box)
  const SHOW = 'grep ^NoNewPrivs /proc/self/status'
  t.equal(exec(box, [], SHOW).stdout, 'NoNewPrivs:\t0\n')
  t.equal(exec(box, ['--no-new-privs'], SHOW).stdout, 'NoNewPrivs:\t1\n')
})

conform('--process', (t, box) => {
  up(box)
  const file = join(box.directory, 'process.json')
  writeFileSync(
    file,
    JSON.stringify({
      args: [
        '/bin/sh',
        '-c',
        'echo $A; pwd; id -u; id -G; umask; ulimit -n; cat /proc/self/oom_score_adj',
      ],
      env: ['A=1', 'PATH=/bin', `CONFORMANCE=${box.id}`],
      cwd: '/tmp',
      user: { uid: 7, gid: 8, additionalGids: [9], umask: 0o77 },
      rlimits: [{ type: 'RLIMIT_NOFILE', soft: 33, hard: 44 }],
      oomScoreAdj: 55,
    }),
  )
  const { stdout, stderr } = box.call(['exec', '--process', file, box.id])
  t.equal(stdout, '1\n/tmp\n7\n8 9\n0077\n33\n55\n', stderr)
})

conform(
  '--process that says nothing of what confines it',
  (t, box) => {
    const caps = ['CAP_KILL', 'CAP_CHOWN']
    box.config.process['capabilities'] = { bounding: caps, permitted: caps, effective: caps }
    box.config.process['oomScoreAdj'] = 99
    up(box)
    const file = join(box.directory, 'process.json')
    const args = [
      '/bin/sh',
      '-c',
      'grep -E "^Cap(Eff|Bnd)" /proc/self/status; cat /proc/self/oom_score_adj',
    ]
    const process = { args, cwd: '/', env: ['PATH=/bin', `CONFORMANCE=${box.id}`] }
    const show = (more: object): string => {
      writeFileSync(file, JSON.stringify({ ...process, ...more }))
      return box.call(['exec', '--process', file, box.id]).stdout
    }
    t.equal(show({}), 'CapEff:\t0000000000000021\nCapBnd:\t0000000000000021\n99\n')
    const none = 'CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\n99\n'
    t.equal(show({ capabilities: {} }), none, 'none is not nothing')
  },
  { differs: { crun: 'leaves oom_score_adj as it is' } },
)

conform(
  '--process that is bad',
  (t, box) => {
    up(box)
    const file = join(box.directory, 'process.json')
    for (const text of [
      '',
      '{',
      '[]',
      '{"args":["true"]}',
      '{"args":[],"cwd":"/"}',
      '{"args":["true"],"cwd":"tmp"}',
    ]) {
      writeFileSync(file, text)
      t.not(box.call(['exec', '--process', file, box.id]).status, 0, text)
    }
    t.not(box.call(['exec', '--process', '/no/such/file', box.id]).status, 0)
    t.equal(box.stateNow()?.status, 'running')
  },
  { differs: { runc: 'takes some of them', crun: '1.8 takes some of them' } },
)

conform('--detach and --pid-file', (t, box) => {
  up(box)
  const file = join(box.directory, 'exec.pid')
  const { status, stderr } = exec(box, ['--detach', '--pid-file', file], ['sleep', '50'])
  t.equal(status, 0, stderr)
  const pid = readFileSync(file, 'utf8')
  t.match(pid, /^\d+$/, 'without a newline')
  t.equal(readFileSync(`/proc/${pid}/cmdline`, 'utf8'), 'sleep\x0050\0')
  t.equal(readlinkSync(`/proc/${pid}/ns/pid`), readlinkSync(`/proc/${box.stateNow()!.pid}/ns/pid`))
})

conform('--detach of a program that does not exist is an error', (t, box) => {
  up(box)
  const file = join(box.directory, 'exec.pid')
  t.not(exec(box, ['--detach', '--pid-file', file], ['/no/such']).status, 0)
})

conform('--preserve-fds', (t, box) => {
  up(box)
  const path = join(box.directory, 'passed')
  writeFileSync(path, 'text')
  const file = openSync(path, 'r')
  try {
    const LIST = '(for f in /proc/$$/fd/*; do echo ${f##*/}; done); cat <&3'
    const files = [file, file]
    const { stdout, stderr } = exec(box, ['--preserve-fds', '1'], LIST, { files })
    t.equal(stdout, '0\n1\n2\n3\ntext', stderr)
    const without = exec(box, [], '(for f in /proc/$$/fd/*; do echo ${f##*/}; done); :', { files })
    t.equal(without.stdout, '0\n1\n2\n')
  } finally {
    closeSync(file)
  }
})

conform(
  '--preserve-fds of descriptors that are not open',
  (t, box) => {
    up(box)
    const { status } = exec(box, ['--preserve-fds', '3'], 'true')
    t.not(status, 0, 'is an error')
  },
  { differs: { crun: '1.8 does not look' } },
)

conform('what is behind the id belongs to the program', (t, box) => {
  up(box)
  const args = ['echo', '--user', '5', '-t', '--', '-d', '--help']
  t.equal(box.call(['exec', box.id, ...args]).stdout, `${args.slice(1).join(' ')}\n`)
})

conform('-- before the id, and options in the form --x=y', (t, box) => {
  up(box)
  t.equal(box.call(['exec', '--cwd=/tmp', '--', box.id, 'pwd']).stdout, '/tmp\n')
})

conform('a program that does not exist', (t, box) => {
  up(box)
  for (const program of ['/no/such/program', 'no-such-program']) {
    const { status, stderr } = exec(box, [], [program])
    t.not(status, 0)
    t.match(stderr, /no such file or directory|executable file not found/i)
  }
  t.equal(box.stateNow()?.status, 'running')
})

conform('no program at all', (t, box) => {
  up(box)
  t.not(box.call(['exec', box.id]).status, 0)
})

conform('exec in a created, a stopped and no container', (t, box) => {
  box.create()
  // A created one has all that a process needs.
  t.ok(exec(box, [], 'true').status >= 0)
  box.start()
  t.ok(box.becomes('stopped'))
  t.not(exec(box, [], 'true').status, 0)
  t.not(box.call(['exec', 'no-such-container', 'true']).status, 0)
})

conform(
  'in a paused container it is refused, but for --ignore-paused',
  (t, box) => {
    up(box)
    t.equal(box.call(['pause', box.id]).status, 0)
    const { status, stderr } = exec(box, [], 'true')
    t.not(status, 0)
    t.match(stderr, /paused/)
    const child = box.launch(['exec', '--ignore-paused', box.id, 'touch', '/tmp/ran'])
    t.equal(box.call(['resume', box.id]).status, 0)
    child.kill('SIGKILL')
    t.equal(exec(box, [], 'true').status, 0)
  },
  { differs: { crun: '1.8 has no such option' } },
)

conform('with a user namespace', (t, box) => {
  box.config.linux.namespaces.push({ type: 'user' })
  box.config.linux['uidMappings'] = [{ containerID: 0, hostID: 0, size: 1000 }]
  box.config.linux['gidMappings'] = [{ containerID: 0, hostID: 0, size: 1000 }]
  up(box)
  const { pid } = box.stateNow()!
  const { stdout, stderr } = exec(box, [], 'readlink /proc/self/ns/user; id -u')
  t.equal(stdout, `${readlinkSync(`/proc/${pid}/ns/user`)}\n0\n`, stderr)
  t.not(exec(box, ['--user', '5000'], 'true').status, 0, 'a user that is not mapped')
})

conform(
  '--cgroup',
  (t, box) => {
    up(box)
    t.equal(exec(box, ['--cgroup', 'pids:/'], 'true').status, 0)
    t.not(exec(box, ['--cgroup', 'pids:no/such'], 'true').status, 0)
    t.not(exec(box, ['--cgroup', 'pids:../..'], 'true').status, 0, 'not out of the container')
  },
  {
    differs: {
      runc: '1.1 takes paths without a hybrid’s second half',
      crun: 'without controllers',
    },
  },
)

conform(
  '--pidfd-socket',
  (t, box) => {
    up(box)
    const path = join(box.directory, 'pidfd.sock')
    const listener = new Listener(path)
    const { status, stderr } = exec(box, ['--pidfd-socket', path, '--detach'], ['sleep', '50'])
    t.equal(status, 0, stderr)
    const { files } = listener.next({ once: true })!
    t.match(readFileSync(`/proc/self/fdinfo/${files[0]}`, 'utf8'), /^Pid:\t\d+$/m)
    files.forEach((file) => close(file))
    listener.close()
  },
  { differs: { runc: '1.1 has no such option', crun: 'has no such option' } },
)

conform('exec into a container whose first process is gone', (t, box) => {
  up(box)
  box.kill('KILL')
  t.ok(box.becomes('stopped'))
  const { status, stderr } = exec(box, [], 'true')
  t.not(status, 0)
  t.match(stderr, /not running|stopped|does not exist|no such process/i)
})

conform('the container ends while exec runs', (t, box) => {
  up(box)
  const child = box.launch(['exec', box.id, 'sleep', '100'])
  box.kill('KILL')
  t.ok(box.becomes('stopped'))
  t.equal(box.delete().status, 0)
  child.kill('SIGKILL')
})

conform('twenty at a time', async (t, box) => {
  up(box)
  const children = Array.from({ length: 20 }, (_, i) =>
    box.launch(['exec', box.id, '/bin/sh', '-c', `exit ${i}`]),
  )
  const { ended } = await import('./harness/terminal.ts')
  t.strictSame(
    await Promise.all(children.map((child) => ended(child))),
    children.map((_, i) => i),
  )
})

conform(
  '--env without a value is refused',
  (t, box) => {
    up(box)
    t.equal(exec(box, ['--env', 'NAME'], ['true']).status, 255)
  },
  { differs: { crun: 'fails with 1' } },
)

conform(
  '--cgroup of one that is not there: the error names it',
  (t, box) => {
    up(box)
    const { status, stderr } = exec(box, ['--cgroup', 'nowhere'], ['true'])
    t.equal(status, 255)
    t.match(stderr, / adding pid .*\/nowhere\/cgroup.procs: /)
  },
  { differs: { crun: 'says it otherwise' } },
)

/** The container's v2 cgroup, if it has a controller that can go to the cgroups below. */
const unifiedOf = (box: Box): { directory: string; controller: string } | undefined => {
  for (const directory of cgroupsOf(box.id)) {
    const list = join(directory, 'cgroup.controllers')
    const [controller] = existsSync(list) ? readFileSync(list, 'utf8').trim().split(' ') : []
    if (controller) return { directory, controller }
  }
  return undefined
}

conform(
  'a v2 cgroup whose controllers went to those below: the first process’s instead, unless --cgroup names it',
  (t, box) => {
    up(box)
    const unified = unifiedOf(box)
    if (unified === undefined)
      return void t.pass('it is joined', { skip: 'no v2 controllers here' })
    const below = join(unified.directory, 'below')
    mkdirSync(below)
    writeFileSync(join(below, 'cgroup.procs'), String(box.stateNow()!.pid))
    writeFileSync(join(unified.directory, 'cgroup.subtree_control'), `+${unified.controller}`)
    t.match(exec(box, [], 'cat /proc/self/cgroup').stdout, /^0::.*\/below$/m)
    const { status, stderr } = exec(box, ['--cgroup', '/'], ['true'])
    t.equal(status, 255)
    t.match(stderr, / adding pid .* to cgroups.*evice or resource busy/)
  },
  { differs: { runc: 'has no such fallback in a hybrid', crun: 'says it otherwise' } },
)
