/** `ps`, `pause`, `resume`, `kill --all`, `delete --force`, `list`: what they print, and what they do to processes. */
import { existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'
import type { Box } from './harness/box.ts'
import { pause, textOf, until } from './harness/wait.ts'
import { cgroupsOf, hierarchyOf } from './harness/cgroups.ts'
import { processesOf } from './harness/leftovers.ts'
import { removeNamespace } from './harness/config.ts'

const up = (box: Box, script = 'sleep 100'): void => {
  box.config.process.args = ['/bin/sh', '-c', script]
  const { status, stderr } = box.create()
  if (status !== 0) throw new Error(`create: ${stderr}`)
  box.start()
}

/** Waits for the program to say that it is. */
const isReady = (box: Box): boolean => until(() => existsSync(join(box.rootfs, 'tmp/ready')))

const pidsOf = (box: Box): number[] =>
  JSON.parse(box.call(['ps', '--format', 'json', box.id]).stdout)

conform('ps --format json: pids of the host', (t, box) => {
  up(box, 'sleep 100 & sleep 100 & sleep 100; :')
  t.ok(
    until(() => pidsOf(box).length === 4),
    'four processes',
  )
  const pids = pidsOf(box)
  t.ok(pids.includes(box.stateNow()!.pid))
  for (const pid of pids) t.ok(existsSync(`/proc/${pid}`))
})

conform('ps: a table', (t, box) => {
  up(box)
  const { stdout } = box.call(['ps', box.id])
  const lines = stdout.trim().split('\n')
  t.match(lines[0], /PID/)
  t.equal(lines.length, 1 + pidsOf(box).length)
  t.match(stdout, String(box.stateNow()!.pid))
})

conform(
  'ps with options of ps(1)',
  (t, box) => {
    up(box)
    const { stdout } = box.call(['ps', box.id, '-o', 'pid,args'])
    t.match(stdout, /^ *PID +COMMAND/)
    t.match(stdout, /sleep 100/)
    t.notMatch(stdout, /UID/)
  },
  { differs: { crun: '1.8 takes none' } },
)

conform('ps of a created, a stopped and no container', (t, box) => {
  box.create()
  t.strictSame(pidsOf(box), [box.stateNow()!.pid])
  box.start()
  t.ok(box.becomes('stopped'))
  const { status, stdout } = box.call(['ps', '--format', 'json', box.id])
  t.ok(status !== 0 || stdout.trim() === '[]' || stdout.trim() === 'null', stdout)
  t.not(box.call(['ps', 'no-such-container']).status, 0)
})

conform(
  'pause and resume',
  (t, box) => {
    up(box, 'i=0; while :; do i=$((i+1)); echo $i > /tmp/count; sleep 0.02; done')
    const count = (): string => textOf(join(box.rootfs, 'tmp/count')).trim()
    t.ok(until(() => Number(count()) > 3))
    t.equal(box.call(['pause', box.id]).status, 0)
    t.equal(box.stateNow()?.status, 'paused')
    pause(60)
    const before = count()
    pause(150)
    t.equal(count(), before, 'nothing happens')
    t.not(box.call(['pause', box.id]).status, 0, 'pause of a paused one')
    t.equal(box.call(['resume', box.id]).status, 0)
    t.equal(box.stateNow()?.status, 'running')
    t.ok(
      until(() => count() !== before && count() !== ''),
      'it goes on',
    )
    t.not(box.call(['resume', box.id]).status, 0, 'resume of a running one')
  },
  {
    skip:
      hierarchyOf('freezer') || existsSync('/sys/fs/cgroup/cgroup.controllers')
        ? undefined
        : 'no freezer',
    differs: { crun: '1.8 pauses a paused one again' },
  },
)

conform('pause of a stopped and of no container', (t, box) => {
  box.create()
  box.start()
  t.ok(box.becomes('stopped'))
  t.not(box.call(['pause', box.id]).status, 0)
  t.not(box.call(['resume', box.id]).status, 0)
  t.not(box.call(['pause', 'no-such-container']).status, 0)
})

conform('pause of a created one, then start', (t, box) => {
  box.config.process.args = ['sleep', '100']
  box.create()
  const { status } = box.call(['pause', box.id])
  if (status === 0) {
    t.equal(box.stateNow()?.status, 'paused')
    t.equal(box.call(['resume', box.id]).status, 0)
  }
  t.equal(box.stateNow()?.status, 'created')
  t.equal(box.start().status, 0)
  t.equal(box.stateNow()?.status, 'running')
})

conform('a paused container can be killed', (t, box) => {
  up(box)
  box.call(['pause', box.id])
  t.equal(box.kill('KILL').status, 0)
  box.call(['resume', box.id])
  t.ok(box.becomes('stopped'))
  t.equal(box.delete().status, 0)
})

conform('a paused container can be deleted by force', (t, box) => {
  up(box, 'sleep 100 & sleep 100')
  box.call(['pause', box.id])
  t.equal(box.delete('--force').status, 0)
  t.equal(box.stateNow(), undefined)
})

conform('delete --force ends all processes, those in deeper cgroups, too', (t, box) => {
  removeNamespace(box.config, 'pid')
  up(box, 'sleep 100 & sleep 100 & setsid sleep 100 & sleep 100')
  t.ok(until(() => pidsOf(box).length >= 4))
  const pids = pidsOf(box)
  t.equal(box.delete('--force').status, 0)
  t.ok(
    until(() =>
      pids.every(
        (pid) =>
          !existsSync(`/proc/${pid}`) || readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z'),
      ),
    ),
  )
})

conform('delete of a stopped one whose other processes live on (no pid namespace)', (t, box) => {
  removeNamespace(box.config, 'pid')
  up(box, 'sleep 100 & exit 0')
  t.ok(box.becomes('stopped'))
  const { status, stderr } = box.delete()
  if (status !== 0) {
    t.match(stderr, /\S/, 'refused, saying why')
    t.equal(box.delete('--force').status, 0)
  }
  t.equal(box.stateNow(), undefined)
  t.ok(
    until(() => processesOf(box.id).length === 0),
    'no process is left',
  )
})

conform('cgroups that were made below the container’s', (t, box) => {
  up(box)
  for (const path of cgroupsOf(box.id)) {
    mkdirSync(join(path, 'below'))
    mkdirSync(join(path, 'below/again'))
  }
  t.equal(box.delete('--force').status, 0)
  t.strictSame(cgroupsOf(box.id), [])
})

for (const pidNamespace of [true, false]) {
  conform(`kill --all ${pidNamespace ? 'with' : 'without'} a pid namespace`, (t, box) => {
    if (!pidNamespace) removeNamespace(box.config, 'pid')
    up(
      box,
      'trap : USR1; (trap "echo child >> /tmp/got; exit" USR1; echo ready > /tmp/ready; while :; do sleep 0.02; done) & while :; do sleep 0.05; done',
    )
    t.ok(isReady(box))
    const { status, stderr } = box.call(['kill', '--all', box.id, 'USR1'])
    t.equal(status, 0, stderr)
    t.ok(
      until(() => existsSync(join(box.rootfs, 'tmp/got'))),
      'the child gets it, too',
    )
    t.equal(box.call(['kill', '--all', box.id, 'KILL']).status, 0)
    t.ok(box.becomes('stopped'))
  })
}

conform('kill --all of a stopped container is no error', (t, box) => {
  removeNamespace(box.config, 'pid')
  up(box, 'sleep 100 & exit 0')
  t.ok(box.becomes('stopped'))
  const { status, stderr } = box.call(['kill', '--all', box.id, 'KILL'])
  t.ok(status === 0 || /not running/.test(stderr), stderr)
})

conform('kill without --all is for the first process only', (t, box) => {
  up(
    box,
    'trap "exit 3" TERM; (trap "echo child > /tmp/got" TERM; touch /tmp/ready; while :; do sleep 0.05; done) & while :; do sleep 0.02; done',
  )
  t.ok(isReady(box))
  t.equal(box.kill('TERM').status, 0)
  t.ok(box.becomes('stopped'))
  t.notOk(existsSync(join(box.rootfs, 'tmp/got')))
})

conform('kill of a created container', (t, box) => {
  box.create()
  t.equal(box.kill('KILL').status, 0)
  t.ok(box.becomes('stopped'))
  t.not(box.start().status, 0)
  t.equal(box.delete().status, 0)
})

conform(
  'signals by all their names',
  (t, box) => {
    up(box, 'trap : USR1 USR2 HUP WINCH CONT; touch /tmp/ready; while :; do sleep 0.05; done')
    t.ok(isReady(box))
    for (const signal of ['WINCH', 'SIGWINCH', '28', 'CONT', 'SIGCONT', 'usr1', 'sigusr2']) {
      t.equal(box.kill(signal).status, 0, signal)
    }
    for (const signal of ['COLOUR', 'SIG', '-9', '1.5', '99', 'KILL ']) {
      t.not(box.kill(signal).status, 0, JSON.stringify(signal))
    }
    t.equal(box.stateNow()?.status, 'running')
  },
  { differs: { crun: '1.8 takes names in capitals only', runc: 'sends any number' } },
)

for (const [name, operands] of [
  ['the default signal', []],
  ['an empty signal', ['']],
] as const) {
  conform(
    `${name} is SIGTERM`,
    (t, box) => {
      up(
        box,
        'trap "echo term > /tmp/got; exit" TERM; touch /tmp/ready; while :; do sleep 0.02; done',
      )
      t.ok(isReady(box))
      t.equal(box.kill(...operands).status, 0)
      t.ok(box.becomes('stopped'))
      t.equal(readFileSync(join(box.rootfs, 'tmp/got'), 'utf8'), 'term\n')
    },
    operands.length > 0 ? { differs: { crun: '1.8 sends none' } } : {},
  )
}

conform(
  'list of several, in JSON and as a table',
  (t, box) => {
    box.config.process.args = ['sleep', '100']
    const ids = ['a', 'b', 'c'].map((name) => `${box.id}-${name}`)
    for (const id of ids) {
      box.config.linux.cgroupsPath = `/${id}`
      box.save()
      t.equal(box.call(['create', '--bundle', box.bundle, id]).status, 0)
    }
    box.call(['start', ids[1]!])
    try {
      const rows = JSON.parse(box.call(['list', '--format', 'json']).stdout)
      t.strictSame(
        rows.map((row: { id: string; status: string }) => [row.id, row.status]).toSorted(),
        [
          [ids[0], 'created'],
          [ids[1], 'running'],
          [ids[2], 'created'],
        ],
      )
      for (const row of rows) t.match(row, { pid: Number, bundle: box.bundle, created: /^\d{4}-/ })
      const table = box.call(['list']).stdout.trim().split('\n')
      t.match(table[0], /^ID +PID +STATUS +BUNDLE +CREATED +OWNER$/)
      t.equal(table.length, 4)
      t.strictSame(box.call(['list', '-q']).stdout.trim().split('\n').toSorted(), ids)
    } finally {
      for (const id of ids) box.call(['delete', '--force', id])
    }
  },
  { differs: { crun: 'has a table and rows of its own' } },
)

conform('list of none, and of a root that does not exist', (t, box) => {
  const { status, stdout } = box.call(['list', '--format', 'json'])
  t.equal(status, 0)
  t.ok(['null', '[]'].includes(stdout.trim()), stdout)
  t.equal(box.call(['list', '-q']).stdout, '')
})

conform('list with an unknown format', (t, box) => {
  t.not(box.call(['list', '--format', 'colour']).status, 0)
})

conform('delete twice', (t, box) => {
  box.create()
  t.equal(box.delete('--force').status, 0)
  t.equal(box.delete('--force').status, 0)
  t.not(box.delete().status, 0)
})

conform('a mount point of the host below the bundle stays', (t, box) => {
  const shared = join(box.directory, 'shared')
  mkdirSync(shared)
  box.config.mounts.push({ destination: '/mnt', source: shared, options: ['bind', 'rshared'] })
  up(box)
  box.delete('--force')
  t.doesNotThrow(() => rmdirSync(shared), 'not busy, not removed')
})
