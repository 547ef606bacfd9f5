/** runtime.md#lifecycle: what becomes of the container when a hook fails. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'
import { BUSYBOX } from './harness/rootfs.ts'
import type { Box } from './harness/box.ts'

const failing = (kind: string, text = 'echo reason >&2; exit 9', more: object = {}): object[] => [
  {
    path: kind === 'startContainer' ? '/bin/busybox' : BUSYBOX,
    args: ['sh', '-c', text],
    env: ['PATH=/bin:/usr/bin'],
    ...more,
  },
]

const has = (box: Box, name: string): boolean => existsSync(join(box.rootfs, 'tmp', name))

/** All of them would have `poststop` called, which writes this file. */
const afterwards = (box: Box): object[] =>
  failing('poststop', `echo x > ${box.rootfs}/tmp/poststop`)

for (const kind of ['prestart', 'createRuntime', 'createContainer']) {
  conform(
    `${kind}: create fails, nothing is left, poststop is called`,
    (t, box) => {
      box.config['hooks'] = { [kind]: failing(kind), poststop: afterwards(box) }
      box.config.process.args = ['touch', '/tmp/ran']
      const { status, stderr } = box.create()
      t.not(status, 0)
      t.match(stderr, /hook/i, 'it says what failed')
      t.equal(box.stateNow(), undefined)
      t.ok(has(box, 'poststop'), 'poststop')
      t.notOk(has(box, 'ran'))
    },
    { differs: { runc: '1.1 calls no poststop hooks then', crun: '1.8 calls none' } },
  )

  conform(`${kind}: the hooks behind a failed one are not called`, (t, box) => {
    box.config['hooks'] = {
      [kind]: [...failing(kind), ...failing(kind, `echo x > ${box.rootfs}/tmp/second`)],
    }
    t.not(box.run().status, 0)
    t.equal(box.stateNow(), undefined)
    t.notOk(has(box, 'second'))
  })
}

conform('startContainer: the program does not run', (t, box) => {
  box.config['hooks'] = { startContainer: failing('startContainer') }
  box.config.process.args = ['touch', '/tmp/ran']
  const { status } = box.run()
  t.not(status, 0)
  t.equal(box.stateNow(), undefined)
  t.notOk(has(box, 'ran'))
})

conform(
  'startContainer: start itself says so',
  (t, box) => {
    box.config['hooks'] = { startContainer: failing('startContainer'), poststop: afterwards(box) }
    t.equal(box.create().status, 0)
    const { status, stderr } = box.start()
    t.not(status, 0)
    t.match(stderr, /hook/i)
    t.not(box.stateNow()?.status, 'running')
    box.delete('--force')
    t.ok(has(box, 'poststop'))
  },
  { differs: { runc: 'start has returned before', crun: 'the same' } },
)

conform(
  'poststart: start fails, the container is stopped and removed',
  (t, box) => {
    box.config.ociVersion = '1.3.0'
    box.config['hooks'] = { poststart: failing('poststart'), poststop: afterwards(box) }
    box.config.process.args = ['sleep', '100']
    t.equal(box.create().status, 0)
    t.not(box.start().status, 0)
    t.not(box.stateNow()?.status, 'running')
  },
  { differs: { crun: 'goes by the rule before 1.3: a warning' } },
)

conform(
  'poststop: delete goes on, with a warning',
  (t, box) => {
    box.config['hooks'] = {
      poststop: [
        ...failing('poststop'),
        ...failing('poststop', `echo x > ${box.rootfs}/tmp/second`),
      ],
    }
    box.create()
    box.start()
    t.ok(box.becomes('stopped'))
    const { status, stderr } = box.delete()
    t.equal(status, 0)
    t.match(stderr, /hook|exit/i)
    t.equal(box.stateNow(), undefined)
    t.ok(has(box, 'second'), 'and so do the hooks behind it')
  },
  { differs: { crun: '1.8 stops at the first one' } },
)

for (const kind of ['createRuntime', 'createContainer', 'startContainer', 'poststart']) {
  conform(
    `${kind}: a timeout ends it`,
    (t, box) => {
      box.config['hooks'] = { [kind]: failing(kind, 'sleep 30', { timeout: 1 }) }
      box.config.process.args = ['sleep', '100']
      const begin = Date.now()
      const { status, stderr } = box.run({ flags: ['--detach'] })
      t.ok(Date.now() - begin < 8000, `after ${Date.now() - begin} ms`)
      t.ok(status > 0, stderr)
      t.match(stderr, /hook|time/i)
    },
    {
      differs: {
        ...(kind === 'startContainer' && { runc: 'start has returned before' }),
        crun: kind === 'poststart' ? 'warns only' : '1.8 waits for what the hook left behind',
      },
    },
  )
}

for (const [name, path] of [
  ['does not exist', '/no/such/hook'],
  ['cannot be executed', '/etc/passwd'],
  ['is a directory', '/etc'],
] as const) {
  conform(`a hook that ${name}`, (t, box) => {
    box.config['hooks'] = { createRuntime: [{ path }] }
    const { status, stderr } = box.create()
    t.not(status, 0)
    t.match(stderr, /\S/)
    t.equal(box.stateNow(), undefined)
  })
}

conform('a hook killed by a signal has failed', (t, box) => {
  box.config['hooks'] = { createRuntime: failing('createRuntime', 'kill -9 $$') }
  t.not(box.create().status, 0)
  t.equal(box.stateNow(), undefined)
})

conform(
  'the error names the hook, its status and what it said',
  (t, box) => {
    box.config['hooks'] = { createRuntime: failing('createRuntime', 'echo the-reason >&2; exit 9') }
    const { stderr } = box.create()
    t.match(stderr, /busybox/)
    t.match(stderr, /9/)
    t.match(stderr, /the-reason/)
  },
  { differs: { runc: 'names neither path', crun: 'shows no output' } },
)

conform(
  'a hook in the container’s path is not looked up on the host, and the other way round',
  (t, box) => {
    // Both exist in one place only.
    box.config['hooks'] = {
      startContainer: [{ path: join(box.rootfs, 'bin/busybox'), args: ['true'] }],
    }
    t.not(box.run().status, 0, 'startContainer with a path of the host')
    box.config['hooks'] = { createContainer: [{ path: '/bin/only-inside' }] }
    t.not(box.run().status, 0, 'createContainer with a path of the container')
  },
)

conform(
  'a bad hook is found before anything is made',
  (t, box) => {
    box.config['hooks'] = { poststop: [{ path: 'relative' }] }
    t.not(box.create().status, 0)
    t.equal(box.stateNow(), undefined)
  },
  { differs: { runc: 'does not look', crun: '1.8 does not look' } },
)

conform(
  'a timeout of 0 or less is refused',
  (t, box) => {
    for (const timeout of [0, -1]) {
      box.config['hooks'] = { poststop: [{ path: '/bin/true', timeout }] }
      t.not(box.create().status, 0)
      t.equal(box.stateNow(), undefined)
    }
  },
  { differs: { runc: 'does not look', crun: '1.8 does not look' } },
)

conform('hooks that are null or empty', (t, box) => {
  box.config['hooks'] = { prestart: [], createRuntime: [], poststop: [] }
  const { status, stderr } = box.run()
  t.equal(status, 0, stderr)
})

conform(
  'a failing poststart of run',
  (t, box) => {
    box.config['hooks'] = { poststart: failing('poststart') }
    box.config.process.args = ['/bin/sh', '-c', 'sleep 1; echo x > /tmp/ran-to-its-end']
    t.not(box.run().status, 0)
    t.notOk(has(box, 'ran-to-its-end'))
    t.equal(box.stateNow(), undefined)
  },
  { differs: { crun: 'goes by the rule before 1.3: a warning' } },
)
