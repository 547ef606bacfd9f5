/** What the caller may have done to the runtime before it starts it: limits, streams, directories, signals. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'
import { runtime, type Box } from './harness/box.ts'
import { textOf, until } from './harness/wait.ts'
import { removeNamespace } from './harness/config.ts'

/** A shell that prepares something and becomes the runtime. */
const after = (preparation: string): readonly string[] => [
  '/bin/sh',
  '-c',
  `${preparation}; exec "$@"`,
  'sh',
]

const wraps: Readonly<Record<string, readonly string[]>> = {
  'an empty environment': ['env', '-i'],
  'a PATH that leads nowhere': after('PATH=/nowhere; export PATH'),
  // Whoever calls the runtime as root is trusted; what its environment happens to hold is not meant for it.
  'variables of Node': after(
    'export NODE_OPTIONS=--no-such-option NODE_PATH=/no/such NODE_DEBUG=fs',
  ),
  BUN_OPTIONS: after('export BUN_OPTIONS=--help'),
  BUN_INSPECT: after('export BUN_INSPECT=ws://127.0.0.1:1'),
  BUN_BE_BUN: after('export BUN_BE_BUN=1'),
  'BUN_CONFIG_FILE, GODEBUG, TZ': after('export BUN_CONFIG_FILE=/no GODEBUG=x TZ=:/etc/passwd'),
  'TMPDIR and HOME that do not exist': after(
    'export TMPDIR=/no/such HOME=/no/such XDG_RUNTIME_DIR=/no/such',
  ),
  'a strange locale': after('export LC_ALL=tr_TR.UTF-8 LANG=xx'),
  'a umask of 0777': after('umask 0777'),
  'a umask of 0': after('umask 0'),
  '64 descriptors at most': after('ulimit -n 64'),
  '40 MB of stack': after('ulimit -s 40000'),
  'no core files': after('ulimit -c 0'),
  'a low priority': ['nice', '-n', '19'],
  'one CPU': ['taskset', '-c', '0'],
  'SIGPIPE, SIGHUP and SIGINT ignored': after('trap "" PIPE HUP INT'),
  // Some shells do not pass it on when it is trapped.
  'SIGCHLD ignored': ['env', '--ignore-signal=CHLD'],
  'all signals blocked': ['env', '--block-signal'],
  'a session of its own': ['setsid', '-w'],
  'a read-only /tmp': [
    'unshare',
    '-m',
    'sh',
    '-c',
    'mkdir -p /tmp && mount -t tmpfs -o ro x /var/tmp; exec "$@"',
    'sh',
  ],
  'standard input closed': after('exec <&-'),
  'an address space of 100 GB': after('ulimit -v 100000000'),
}

for (const [name, wrap] of Object.entries(wraps)) {
  conform(
    `run with ${name}`,
    (t, box) => {
      const { status, stderr } = box.sh('echo ran > /tmp/ran; exit 7', { wrap })
      t.equal(status, 7, stderr)
      t.equal(readFileSync(join(box.rootfs, 'tmp/ran'), 'utf8'), 'ran\n')
    },
    name.startsWith('SIGCHLD') ||
      name.startsWith('an address') ||
      name.startsWith('a umask of 0777')
      ? { differs: { runc: 'needs it', crun: 'needs it' } }
      : {},
  )

  conform(
    `create, start, exec, delete with ${name}`,
    (t, box) => {
      box.config.process.args = ['sleep', '100']
      t.equal(box.create([], { wrap }).status, 0, 'create')
      t.equal(box.call(['start', box.id], { wrap }).status, 0, 'start')
      t.equal(box.call(['exec', box.id, '/bin/sh', '-c', 'exit 5'], { wrap }).status, 5, 'exec')
      if (name.startsWith('SIGCHLD')) {
        t.equal(box.call(['exec', '--detach', box.id, 'true'], { wrap }).status, 0, 'exec --detach')
        t.equal(box.call(['ps', box.id], { wrap }).status, 0, 'ps')
      }
      t.equal(JSON.parse(box.call(['state', box.id], { wrap }).stdout).status, 'running')
      t.equal(box.call(['delete', '--force', box.id], { wrap }).status, 0, 'delete')
    },
    { differs: { runc: 'tested with run', crun: 'tested with run' } },
  )
}

for (const streams of ['<&-', '>&-', '2>&-', '<&- >&-', '>&- 2>&-', '<&- 2>&-', '<&- >&- 2>&-']) {
  conform(`streams closed: ${streams}`, (t, box) => {
    const { status } = box.sh(
      'echo out; echo err >&2; test ! -e /proc/self/fd/9 && echo x > /tmp/ran',
      {
        wrap: after(`exec ${streams}`),
      },
    )
    t.ok(status >= 0, 'no hang, no crash')
    // What the program opens first must not be taken for a stream of the runtime.
    if (existsSync(join(box.rootfs, 'tmp/ran'))) {
      t.equal(readFileSync(join(box.rootfs, 'tmp/ran'), 'utf8'), 'x\n')
    }
    box.config.process.args = ['sleep', '100']
    const created = box.create([], { wrap: after(`exec ${streams}`) })
    t.ok(created.status >= 0)
    if (created.status === 0) t.equal(box.stateNow()?.status, 'created')
  })

  conform(
    `streams closed: ${streams}: nothing of the host's takes their place`,
    (t, box) => {
      box.config.process.args = [
        '/bin/sh',
        '-c',
        '(for i in 0 1 2; do readlink /proc/$$/fd/$i; done) > /tmp/streams; true',
      ]
      box.create([], { wrap: after(`exec ${streams}`) })
      const pid = box.stateNow()?.pid
      const open = [0, 1, 2].map((stream) => readlinkSync(`/proc/${pid}/fd/${stream}`))
      box.start()
      box.becomes('stopped')
      const seen = readFileSync(join(box.rootfs, 'tmp/streams'), 'utf8').trim().split('\n')
      t.strictSame(seen, open, 'those that it waited with')
      for (const path of open) t.ok(path === '/dev/null' || path.startsWith(box.directory), path)
    },
    {
      differs: {
        runc: 'has descriptors of its own there while it waits',
        crun: 'leaves them closed',
      },
    },
  )
}

conform('standard output that nobody reads', async (t, box) => {
  box.config.process.args = ['/bin/sh', '-c', 'yes | head -n 100000']
  box.save()
  const line = [runtime, '--root', box.state, 'run', '--bundle', box.bundle, box.id]
  const child = spawn(line[0]!, line.slice(1), { stdio: ['ignore', 'pipe', 'ignore'] })
  child.stdout.destroy()
  const [status] = await once(child, 'exit')
  t.ok(status !== null, 'it ends')
})

for (const [name, args] of [
  ['state', ['state']],
  ['list', ['list']],
  ['features', ['features']],
] as const) {
  conform(
    `${name} into a full device is an error`,
    (t, box) => {
      box.config.process.args = ['sleep', '100']
      box.create()
      const operands = name === 'state' ? [box.id] : []
      const { status } = box.call([...args, ...operands], { wrap: after('exec >/dev/full') })
      t.not(status, 0)
    },
    { differs: { runc: 'does not look', crun: '1.8 does not look' } },
  )
}

conform(
  'a current directory that is gone',
  (t, box) => {
    const gone = join(box.directory, 'gone')
    mkdirSync(gone)
    const { status, stderr } = box.sh('exit 3', { wrap: after(`cd ${gone}; rmdir ${gone}`) })
    t.equal(status, 3, stderr)
  },
  { differs: { tsrun: 'Bun, the engine, does not start without a current directory' } },
)

conform('a current directory full of what engines read', (t, box) => {
  const evil = join(box.directory, 'evil')
  mkdirSync(join(evil, 'node_modules/koffi'), { recursive: true })
  const mark = join(box.directory, 'mark')
  const code = `require('fs').writeFileSync(${JSON.stringify(mark)}, 'x')`
  for (const [file, text] of [
    ['.env', 'NODE_OPTIONS=--no-such\nPATH=/nowhere\nLD_PRELOAD=/no/such.so\nEVIL=1\n'],
    ['.env.local', 'EVIL=1\n'],
    ['bunfig.toml', `preload = ["./evil.js"]\n[run]\nbun = true\n`],
    ['evil.js', code],
    ['index.js', code],
    [
      'package.json',
      '{ "type": "module", "main": "evil.js", "imports": { "#x": "./evil.js" }, broken',
    ],
    ['tsconfig.json', '{ broken'],
    ['node_modules/koffi/index.js', code],
    ['koffi.node', 'not a library'],
    ['config.json', 'not JSON'],
  ] as const) {
    writeFileSync(join(evil, file), text)
  }
  const { status, stdout, stderr } = box.sh('env', { wrap: after(`cd ${evil}`) })
  t.equal(status, 0, stderr)
  t.notMatch(stdout, /EVIL/)
  t.notOk(existsSync(mark))
})

conform('--root on a full file system', (t, box) => {
  mkdirSync(box.state)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k,nr_inodes=200', 'small', box.state])
  try {
    writeFileSync(join(box.state, 'filler'), '')
    try {
      writeFileSync(join(box.state, 'filler'), Buffer.alloc(64 * 1024))
    } catch {
      // Full, as it should be.
    }
    const { status, stderr } = box.create()
    t.ok(status > 0, 'an error')
    t.match(stderr, /\S/)
    t.equal(box.stateNow(), undefined)
    t.strictSame(
      readdirSync(box.state).filter((name) => name.includes(box.id)),
      [],
    )
  } finally {
    box.delete('--force')
    execFileSync('umount', ['-l', box.state])
  }
})

conform(
  'what of the state cannot be written is named, and nothing is left',
  (t, box) => {
    const { status, stderr } = box.create([], { wrap: after('ulimit -f 1') })
    t.equal(status, 1)
    t.match(stderr, /write \S+\/(config|\.state)\.json: write\(2\) EFBIG/)
    t.strictSame(readdirSync(box.state), [])
    const inside = join(box.state, 'file')
    writeFileSync(inside, '')
    const other = box.call(['--root', inside, 'create', '--bundle', box.bundle, box.id])
    t.match(other.stderr, `create directory ${inside}`)
  },
  { differs: { runc: 'says it otherwise', crun: 'says it otherwise' } },
)

/** From what the engine has open when it has started to what `create` takes. */
const FEW = [8, 9, 10]

conform(
  'with too few descriptors nothing is left',
  (t, box) => {
    for (const count of FEW) {
      const { status, stderr } = box.create([], { wrap: after(`ulimit -n ${count}`) })
      t.equal(status, 1, `${count}: ${stderr}`)
      t.strictSame(readdirSync(box.state), [], `${count}: ${stderr}`)
    }
  },
  { differs: { runc: 'manages with fewer', crun: 'manages with fewer' } },
)

conform('--root that is read-only, a file, or relative', (t, box) => {
  writeFileSync(box.state, '')
  t.not(box.create().status, 0, 'a file')
  const relative = ['--root', 'relative-state']
  execFileSync('rm', [box.state])
  box.save()
  const other = box.call([...relative, 'run', '--bundle', box.bundle, box.id])
  t.ok(other.status >= 0)
})

conform('--root with a long path, spaces and newlines', (t, box) => {
  const state = join(box.directory, 'a state\n', 'x'.repeat(120))
  box.config.process.args = ['sleep', '100']
  box.save()
  for (const args of [
    ['create', '--bundle', box.bundle],
    ['start'],
    ['state'],
    ['kill'],
    ['delete', '--force'],
  ]) {
    const { status, stderr } = box.call(['--root', state, ...args, box.id])
    t.equal(status, 0, `${args[0]}: ${stderr}`)
  }
})

conform('--pid-file that cannot be written: nothing is left', (t, box) => {
  box.config.process.args = ['sleep', '100']
  for (const path of ['/no/such/dir/pid', '/proc/pid', box.directory]) {
    t.not(box.create(['--pid-file', path]).status, 0, path)
    t.equal(box.stateNow(), undefined)
  }
})

conform(
  '--pid-file beside a file of the name that it has until it is written',
  (t, box) => {
    box.config.process.args = ['sleep', '100']
    const other = join(box.directory, '.bashrc')
    writeFileSync(other, 'text')
    t.not(box.create(['--pid-file', join(box.directory, 'bashrc')]).status, 0)
    t.equal(readFileSync(other, 'utf8'), 'text')
  },
  { differs: { crun: 'writes into the file itself' } },
)

conform('--log into a file, and where there is none', (t, box) => {
  const log = join(box.directory, 'log.json')
  box.config.process.args = ['/no/such']
  box.save()
  const { status } = box.call([
    '--log',
    log,
    '--log-format',
    'json',
    'run',
    '--bundle',
    box.bundle,
    box.id,
  ])
  t.not(status, 0)
  const lines = readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.ok(lines.some(({ level, msg }) => level === 'error' && /no such file/.test(msg)))
  t.ok(lines.every(({ time }) => !Number.isNaN(Date.parse(time))))
  t.not(box.call(['--log', '/no/such/dir/log', 'run', '--bundle', box.bundle, box.id]).status, 0)
  t.equal(box.stateNow(), undefined)
})

/** All at once, then all statuses. */
const together = async (
  box: Box,
  lines: readonly (readonly string[])[],
): Promise<(number | null)[]> => {
  const children = lines.map((line) => box.launch(line))
  return Promise.all(
    children.map(async (child) => {
      if (child.exitCode !== null) return child.exitCode
      const [status] = (await once(child, 'exit')) as [number | null]
      return status
    }),
  )
}

conform(
  'ten at once start the same container: one does',
  async (t, box) => {
    box.config.process.args = ['/bin/sh', '-c', 'echo x >> /tmp/ran; sleep 100']
    box.create()
    const statuses = await together(box, Array(10).fill(['start', box.id]))
    t.equal(statuses.filter((status) => status === 0).length, 1)
    const ran = join(box.rootfs, 'tmp/ran')
    t.ok(until(() => textOf(ran) !== ''))
    t.equal(textOf(ran), 'x\n')
    t.equal(box.stateNow()?.status, 'running')
  },
  { differs: { runc: '1.1 lets several succeed', crun: '1.8 lets several succeed' } },
)

conform(
  'ten at once create the same container: one does',
  async (t, box) => {
    box.config.process.args = ['sleep', '100']
    box.save()
    const line = ['create', '--bundle', box.bundle, box.id]
    const statuses = await together(box, Array(10).fill(line))
    t.equal(statuses.filter((status) => status === 0).length, 1)
    t.equal(box.stateNow()?.status, 'created')
    t.equal(box.start().status, 0)
  },
  { differs: { runc: '1.1 has a race', crun: '1.8 has a race' } },
)

conform('start, kill, delete --force and state at once: no hang, nothing left', async (t, box) => {
  box.config.process.args = ['sleep', '100']
  for (let round = 0; round < 5; round++) {
    box.create()
    const statuses = await together(box, [
      ['start', box.id],
      ['state', box.id],
      ['kill', box.id, 'KILL'],
      ['delete', '--force', box.id],
      ['exec', box.id, 'true'],
      ['list'],
    ])
    t.ok(
      statuses.every((status) => status !== null),
      'no crash',
    )
    t.equal(box.delete('--force').status, 0)
    t.equal(box.stateNow(), undefined)
  }
})

conform('list while containers come and go', async (t, box) => {
  box.save()
  const run = (i: number): string[] => ['run', '--bundle', box.bundle, `${box.id}-${i}`]
  delete box.config.linux.cgroupsPath
  box.save()
  const lists = Array(10).fill(['list', '--format', 'json'])
  const statuses = await together(box, [...Array.from({ length: 8 }, (_, i) => run(i)), ...lists])
  t.strictSame(statuses, Array(18).fill(0))
})

conform(
  'a runtime that is killed leaves what delete --force cleans up',
  async (t, box) => {
    box.config.process.args = ['sleep', '100']
    box.save()
    for (const [command, args] of [
      ['create', ['create', '--bundle', box.bundle, box.id]],
      ['run', ['run', '--bundle', box.bundle, box.id]],
    ] as const) {
      for (let time = 0; time <= 60; time += 6) {
        const child = box.launch(args)
        const end = once(child, 'exit')
        await new Promise((done) => setTimeout(done, time))
        child.kill('SIGKILL')
        await end
        const { status, stderr } = box.delete('--force')
        t.equal(status, 0, `${command} after ${time} ms: ${stderr}`)
      }
    }
  },
  { differs: { runc: '1.1 leaves cgroups', crun: '1.8 leaves cgroups' } },
)

conform('without a pid namespace, a pid that is somebody else’s by now is not killed', (t, box) => {
  removeNamespace(box.config, 'pid')
  box.config.process.args = ['true']
  box.create()
  box.start()
  t.ok(box.becomes('stopped'))
  // The state names a process that has ended; whoever has its number now must not be harmed.
  const { status } = box.kill('KILL')
  t.not(status, 0)
  t.equal(box.delete().status, 0)
})
