/** config.md#process, terminal and consoleSize: what the program and the user have of each other. */
import { existsSync, readFileSync, readSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'
import { runtime, type Box } from './harness/box.ts'
import { Listener } from './harness/socket.ts'
import { Terminal } from './harness/terminal.ts'
import { close, write } from '../lib/sys/file.ts'
import { poll } from '../lib/sys/signal.ts'

/** A process with a terminal, in a container that is not started yet. */
const withTerminal = (box: Box, script: string): void => {
  box.config.process['terminal'] = true
  box.config.process.env.push('TERM=dumb')
  box.config.process.args = ['/bin/sh', '-c', script]
  box.save()
}

const line = (box: Box, ...args: readonly string[]): string[] => [
  runtime,
  '--root',
  box.state,
  ...args,
]

/** Runs in a terminal of 33 × 77 until the runtime ends. */
const inTerminal = async (
  box: Box,
  script: string,
  typed: readonly (readonly [after: RegExp, text: string])[] = [],
): Promise<{ status: number; seen: string; restored: boolean }> => {
  withTerminal(box, script)
  const terminal = new Terminal(33, 77)
  try {
    const before = terminal.settings
    const child = terminal.spawn(line(box, 'run', '--bundle', box.bundle, box.id))
    for (const [after, text] of typed) {
      if (!(await terminal.shows(after))) break
      terminal.type(text)
    }
    const status = await terminal.ended(child)
    const seen = terminal.seen
    return { status, seen, restored: terminal.settings === before }
  } finally {
    terminal.close()
  }
}

conform('run in the foreground: streams are one terminal', async (t, box) => {
  const { status, seen, restored } = await inTerminal(
    box,
    'tty; for f in 0 1 2; do test -t $f && echo tty-$f; done; exit 5',
  )
  t.equal(status, 5)
  t.match(seen, /^\/dev\/(pts\/\d+|console)\r?\n/)
  t.match(seen, /tty-0\r\ntty-1\r\ntty-2\r\n/, 'newlines as a terminal has them')
  t.notMatch(seen, /\r\r/)
  t.ok(restored, 'the user’s terminal is as before')
})

conform('/dev/console is the terminal', async (t, box) => {
  const { seen } = await inTerminal(
    box,
    'echo to-console > /dev/console; stat -c "%F %a" /dev/console; test /dev/console -ef $(tty) && echo same',
  )
  t.match(seen, /to-console/)
  t.match(seen, /character special file 6[02]0/)
})

conform('it is the controlling terminal of a session of its own', async (t, box) => {
  const { seen } = await inTerminal(
    box,
    'echo s > /dev/tty && cut -d" " -f5-8 /proc/self/stat; cut -d" " -f6 /proc/1/stat',
  )
  t.match(seen, /s\r\n/)
  t.match(seen, /\r\n1\r\n$/, 'process 1 leads the session')
})

conform('Ctrl-C is typed to the program, not to the runtime', async (t, box) => {
  const { status, seen } = await inTerminal(
    box,
    'trap "echo got-int; exit 7" INT; echo ready; while :; do sleep 0.05; done',
    [[/ready/, '\x03']],
  )
  t.match(seen, /got-int/)
  t.equal(status, 7)
})

conform(
  'Ctrl-Z, Ctrl-\\ and Ctrl-D, too',
  async (t, box) => {
    const { status, seen } = await inTerminal(
      box,
      'trap "echo got-quit" QUIT; trap "echo got-stop" TSTP; echo ready; read -t 0.5 x; read -t 0.5 x; cat; echo end',
      [
        [/ready/, '\x1c'],
        [/got-quit/, '\x1a'],
        [/got-stop/, '\x04'],
      ],
    )
    t.equal(status, 0)
    t.match(seen, /got-quit[^]*got-stop[^]*end/)
  },
  { differs: { runc: 'the same shell does not get as far', crun: 'the same' } },
)

conform('lines are edited and echoed by the inner terminal alone', async (t, box) => {
  const { seen } = await inTerminal(box, 'echo ready; read x; echo "<$x>"', [
    [/ready/, 'abX\x7fc\r'],
  ])
  t.match(seen, /<abc>/)
  t.equal(seen.match(/abX/g)?.length, 1, 'echoed once')
})

conform('without echo there is none', async (t, box) => {
  const { seen } = await inTerminal(box, 'stty -echo; echo ready; read x; echo "<${#x}>"', [
    [/ready/, 'secret\r'],
  ])
  t.match(seen, /<6>/)
  t.notMatch(seen, /secret/)
})

conform('the size is the user’s', async (t, box) => {
  const { seen } = await inTerminal(box, 'stty size')
  t.match(seen, /33 77/)
})

conform('a change of the size is passed on', async (t, box) => {
  withTerminal(box, 'trap "stty size; exit" WINCH; echo ready; while :; do sleep 0.05; done')
  const terminal = new Terminal(20, 40)
  try {
    const child = terminal.spawn(line(box, 'run', '--bundle', box.bundle, box.id))
    t.ok(await terminal.shows(/ready/))
    terminal.resize(44, 99)
    t.equal(await terminal.ended(child), 0)
    t.match(terminal.seen, /44 99/)
  } finally {
    terminal.close()
  }
})

conform('the user’s terminal is restored after every end', async (t, box) => {
  for (const [script, expected] of [
    ['kill -9 $$; sleep 1', undefined],
    ['stty raw -echo; exit 3', 3],
    ['exec /no/such/program', 127],
  ] as const) {
    const { status, restored } = await inTerminal(box, script)
    if (expected !== undefined) t.equal(status, expected, script)
    t.ok(restored, script)
    box.delete('--force')
  }
  box.config.process['terminal'] = true
  box.config.process.args = ['/no/such/program']
  box.save()
  const terminal = new Terminal()
  const before = terminal.settings
  t.not(await terminal.ended(terminal.spawn(line(box, 'run', '--bundle', box.bundle, box.id))), 0)
  t.equal(terminal.settings, before, 'after a failure of the runtime')
  terminal.close()
})

conform('a runtime that is terminated restores it, too', async (t, box) => {
  withTerminal(box, 'trap "exit 9" TERM; echo ready; while :; do sleep 0.05; done')
  const terminal = new Terminal()
  try {
    const before = terminal.settings
    const child = terminal.spawn(line(box, 'run', '--bundle', box.bundle, box.id))
    t.ok(await terminal.shows(/ready/))
    t.not(terminal.settings, before, 'raw meanwhile')
    // setsid -w is in between: the runtime is its child, or itself.
    const pids = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim()
    process.kill(Number(pids.split(' ')[0] || child.pid), 'SIGTERM')
    t.equal(await terminal.ended(child), 9, 'the signal is the container’s')
    t.equal(terminal.settings, before)
  } finally {
    terminal.close()
  }
})

conform('much output arrives whole, and in order', async (t, box) => {
  const { status, seen } = await inTerminal(box, 'seq 1 50000')
  t.equal(status, 0)
  const lines = seen.trim().split('\r\n')
  t.equal(lines.length, 50000)
  t.equal(lines.at(-1), '50000')
})

conform(
  'a background process that keeps the terminal does not hold the runtime up',
  async (t, box) => {
    const { status, seen } = await inTerminal(box, 'sleep 60 & echo end; exit 4')
    t.equal(status, 4)
    t.match(seen, /end/)
  },
)

conform('exec --tty', async (t, box) => {
  box.config.process.args = ['sleep', '100']
  box.create()
  box.start()
  const terminal = new Terminal(31, 71)
  try {
    const before = terminal.settings
    const script =
      'tty; stty size; trap "echo got-int; exit 6" INT; echo ready; while :; do sleep 0.05; done'
    const child = terminal.spawn(line(box, 'exec', '--tty', box.id, '/bin/sh', '-c', script))
    t.ok(await terminal.shows(/ready/))
    terminal.type('\x03')
    t.equal(await terminal.ended(child), 6)
    t.match(terminal.seen, /\/dev\/pts\/\d+\r\n31 71\r\n/)
    t.match(terminal.seen, /got-int/)
    t.equal(terminal.settings, before)
  } finally {
    terminal.close()
  }
})

conform('exec --tty, twice at a time', async (t, box) => {
  box.config.process.args = ['sleep', '100']
  box.create()
  box.start()
  const terminals = [new Terminal(10, 20), new Terminal(30, 40)]
  const script = 'stty size; read x; echo "<$x>"'
  const children = terminals.map((terminal) =>
    terminal.spawn(line(box, 'exec', '-t', box.id, '/bin/sh', '-c', script)),
  )
  for (const [i, size] of [/10 20/, /30 40/].entries()) {
    t.ok(await terminals[i]!.shows(size))
    terminals[i]!.type(`text-${i}\r`)
    t.equal(await terminals[i]!.ended(children[i]!), 0)
    t.match(terminals[i]!.seen, new RegExp(`<text-${i}>`))
  }
  terminals.forEach((terminal) => terminal.close())
})

/** What comes out of the master of a pseudoterminal, until `pattern` is there. */
const readMaster = (master: number, pattern: RegExp): string => {
  let seen = ''
  while (!pattern.test(seen) && poll([master], 5000)[0]) {
    const bytes = Buffer.alloc(4096)
    try {
      seen += bytes.toString('utf8', 0, readSync(master, bytes))
    } catch {
      // EIO: nobody has the other end any more.
      break
    }
  }
  return seen
}

conform('create --console-socket', (t, box) => {
  withTerminal(box, 'tty; stty size; read x; echo "<$x>"; exit 3')
  box.config.process['consoleSize'] = { height: 25, width: 66 }
  const path = join(box.directory, 'console.sock')
  const listener = new Listener(path)
  const { status, stderr } = box.create(['--console-socket', path])
  t.equal(status, 0, stderr)
  const { files, text } = listener.next({ once: true })!
  t.equal(files.length, 1)
  t.ok(text.length > 0, 'with at least one byte')
  t.equal(box.start().status, 0)
  t.match(readMaster(files[0]!, /66\r?\n/), /\/dev\/pts\/\d+\r?\n25 66/)
  write(files[0]!, Buffer.from('text\n'), 5)
  t.match(readMaster(files[0]!, />/), /<text>/)
  t.ok(box.becomes('stopped'))
  files.forEach((file) => close(file))
  listener.close()
})

conform('run --detach --console-socket, exec --detach --tty --console-socket', (t, box) => {
  withTerminal(box, 'echo up; sleep 100')
  const path = join(box.directory, 'console.sock')
  const listener = new Listener(path)
  t.equal(box.run({ flags: ['--detach', '--console-socket', path] }).status, 0)
  const first = listener.next({ once: true })!
  t.match(readMaster(first.files[0]!, /up/), /up/)
  const flags = ['--detach', '--tty', '--console-socket', path]
  const exec = box.call(['exec', ...flags, box.id, '/bin/sh', '-c', 'echo in-exec; tty; exit'])
  t.equal(exec.status, 0, exec.stderr)
  const second = listener.next({ once: true })!
  t.match(readMaster(second.files[0]!, /pts/), /in-exec\r?\n\/dev\/pts/)
  for (const file of [...first.files, ...second.files]) close(file)
  listener.close()
})

for (const [name, terminal, flags] of [
  ['a terminal without a console socket', true, []],
  ['a console socket without a terminal', false, ['--console-socket', 'SOCKET']],
  ['a console socket where nobody listens', true, ['--console-socket', '/no/such/socket']],
  ['a console socket that is a file', true, ['--console-socket', '/etc/passwd']],
] as const) {
  conform(
    `create refuses ${name}`,
    (t, box) => {
      box.config.process['terminal'] = terminal
      const path = join(box.directory, 'console.sock')
      const listener = new Listener(path)
      const { status } = box.create(flags.map((flag) => (flag === 'SOCKET' ? path : flag)))
      t.ok(status > 0, 'an error, no hang')
      t.equal(box.stateNow(), undefined)
      listener.close()
    },
    { differs: { crun: '1.8 takes some of them' } },
  )
}

conform('consoleSize without a terminal is ignored', (t, box) => {
  box.config.process['consoleSize'] = { height: 5, width: 6 }
  const { status, stderr } = box.run()
  t.equal(status, 0, stderr)
})

conform('an owner of the terminal who is not root', async (t, box) => {
  box.config.process.user = { uid: 1000, gid: 1000 }
  const { status, seen } = await inTerminal(
    box,
    'stat -c %u $(tty); echo x > $(tty) && echo y > /dev/tty',
  )
  t.equal(status, 0, seen)
  t.match(seen, /1000/)
})

conform('in a user namespace', async (t, box) => {
  box.config.linux.namespaces.push({ type: 'user' })
  const mapping = [{ containerID: 0, hostID: 0, size: 65536 }]
  box.config.linux['uidMappings'] = mapping
  box.config.linux['gidMappings'] = mapping
  const { status, seen } = await inTerminal(box, 'tty; stty size; echo x > /dev/console')
  t.equal(status, 0, seen)
  t.match(seen, /33 77/)
})

conform('/dev/console in the image is a symlink: nothing is made on the host', async (t, box) => {
  const outside = join(box.directory, 'outside')
  box.config.mounts = box.config.mounts.filter(({ destination }) => destination !== '/dev')
  symlinkSync(outside, join(box.rootfs, 'dev/console'))
  await inTerminal(box, 'true')
  t.notOk(existsSync(outside))
})
