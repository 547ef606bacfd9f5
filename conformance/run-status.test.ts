/** `run`: what it returns, what it passes on, what it says when the program cannot be run. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { once } from 'node:events'
import { conform } from './harness/conform.ts'
import { until } from './harness/wait.ts'

for (const status of [0, 1, 42, 255]) {
  conform(`exit ${status}`, (t, box) => {
    t.equal(box.sh(`exit ${status}`).status, status)
  })
}

for (const [signal, number] of [
  ['TERM', 15],
  ['KILL', 9],
  ['SEGV', 11],
] as const) {
  conform(`death by SIG${signal} is 128 + ${number}`, (t, box) => {
    // Only a process other than the first one of a pid namespace can be killed from inside.
    box.config.linux.namespaces = box.config.linux.namespaces.filter(({ type }) => type !== 'pid')
    t.equal(box.sh(`kill -${signal} $$; sleep 5`).status, 128 + number)
  })
}

conform('standard streams are the program’s', (t, box) => {
  const result = box.sh('cat; echo error >&2', { input: 'hello\n' })
  t.equal(result.stdout, 'hello\n')
  t.equal(result.stderr, 'error\n')
})

for (const signal of ['SIGTERM', 'SIGUSR1', 'SIGHUP'] as const) {
  conform(`${signal} is passed on`, async (t, box) => {
    box.config.process.args = [
      '/bin/sh',
      '-c',
      `trap "exit 7" ${signal.slice(3)}; touch /tmp/ready; while :; do sleep 0.02; done`,
    ]
    box.save()
    const child = box.launch(['run', '--bundle', box.bundle, box.id])
    t.ok(until(() => existsSync(join(box.rootfs, 'tmp/ready'))))
    const exited = once(child, 'exit')
    child.kill(signal)
    t.strictSame(await exited, [7, null])
  })
}

conform('a program that does not exist', (t, box) => {
  box.config.process.args = ['/no/such/program']
  const { status, stderr } = box.run()
  t.not(status, 0)
  t.match(stderr, /no such file or directory|executable file not found/i)
  t.equal(box.stateNow(), undefined, 'no container is left')
})

conform('a program that is not in PATH', (t, box) => {
  box.config.process.args = ['no-such-program']
  const { status, stderr } = box.run()
  t.not(status, 0)
  t.match(stderr, /no such file or directory|executable file not found|not found/i)
})

conform('a program that may not be executed', (t, box) => {
  writeFileSync(join(box.rootfs, 'bin/plain'), 'text', { mode: 0o644 })
  box.config.process.args = ['/bin/plain']
  const { status, stderr } = box.run()
  t.not(status, 0)
  t.match(stderr, /permission denied/i)
})

conform('a directory is no program', (t, box) => {
  box.config.process.args = ['/bin']
  t.not(box.run().status, 0)
})

conform('a script without its interpreter', (t, box) => {
  writeFileSync(join(box.rootfs, 'bin/script'), '#!/no/such/shell\n', { mode: 0o755 })
  box.config.process.args = ['/bin/script']
  t.not(box.run().status, 0)
})

conform('a script with its interpreter', (t, box) => {
  writeFileSync(join(box.rootfs, 'bin/script'), '#!/bin/sh\necho "$0" "$@"\n', { mode: 0o755 })
  box.config.process.args = ['script', 'a', 'b c']
  t.match(box.run(), { status: 0, stdout: '/bin/script a b c\n' })
})

conform('the children of the first process end with it', (t, box) => {
  t.equal(box.sh('sleep 300 & sleep 300 & exit 0').status, 0)
})

conform('without a pid namespace, too', (t, box) => {
  box.config.linux.namespaces = box.config.linux.namespaces.filter(({ type }) => type !== 'pid')
  t.equal(box.sh('sleep 300 & exit 0').status, 0)
})

conform('no signal is blocked or ignored, neither those of a C library', (t, box) => {
  box.config.process.args = ['grep', '-E', '^Sig(Blk|Ign|Cgt)', '/proc/self/status']
  const expected = ['Blk', 'Ign', 'Cgt'].map((what) => `Sig${what}:\t${'0'.repeat(16)}\n`).join('')
  t.equal(box.run({ wrap: ['env', '--ignore-signal=CHLD,HUP'] }).stdout, expected)
  box.config.process.args = ['sleep', '100']
  box.create()
  box.start()
  const exec = ['exec', box.id, 'grep', '-E', '^Sig(Blk|Ign|Cgt)', '/proc/self/status']
  t.equal(box.call(exec, { wrap: ['env', '--ignore-signal=CHLD,HUP'] }).stdout, expected, 'exec')
})

/** In the host's pid namespace the program sees whose child an orphan of its has become. */
const ADOPTED =
  'orphan=$(sh -c "sleep 50 >/dev/null & echo \\$!"); sleep 0.1; parent() { cut -d" " -f4 /proc/$1/stat; }; ' +
  'test $(parent $orphan) = $(parent $$) && echo the runtime || echo another'

for (const [flags, adopter] of [
  [[], 'the runtime'],
  [['--no-subreaper'], 'another'],
] as const) {
  conform(
    `orphans become children of ${adopter}: run ${flags.join(' ')}`,
    (t, box) => {
      box.config.linux.namespaces = box.config.linux.namespaces.filter(({ type }) => type !== 'pid')
      const { stdout, stderr } = box.sh(ADOPTED, { flags })
      t.equal(stdout, `${adopter}\n`, stderr)
    },
    { differs: { crun: '1.8 adopts none' } },
  )
}
