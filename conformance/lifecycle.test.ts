/** runtime.md: the operations and what each does in each state. */
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'
import { until } from './harness/wait.ts'

/** Gone, or waiting for a parent that does not care. */
const hasEnded = (pid: number): boolean => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z')
  } catch {
    return true
  }
}

conform('create, start, exit, delete', (t, box) => {
  box.config.process.args = ['sleep', '100']
  t.equal(box.create().status, 0, 'create')
  t.equal(box.stateNow()?.status, 'created')
  t.equal(box.start().status, 0, 'start')
  t.equal(box.stateNow()?.status, 'running')
  t.equal(box.kill('KILL').status, 0, 'kill')
  t.ok(box.becomes('stopped'), 'stopped')
  t.equal(box.delete().status, 0, 'delete')
  t.equal(box.stateNow(), undefined, 'no state any more')
})

conform('state has all that the specification asks for', (t, box) => {
  box.config['annotations'] = { 'org.example.a': 'b' }
  box.config.process.args = ['sleep', '100']
  box.create()
  const state = box.stateNow()!
  t.match(state, {
    ociVersion: /^1\.\d/,
    id: box.id,
    status: 'created',
    bundle: box.bundle,
    annotations: { 'org.example.a': 'b' },
  })
  t.ok(state.pid > 0, 'a pid')
  t.match(readFileSync(`/proc/${state.pid}/environ`, 'utf8').length >= 0, true, 'which exists')
  box.start()
  t.ok(readFileSync(`/proc/${box.stateNow()!.pid}/cmdline`, 'utf8').startsWith('sleep'))
  t.equal(box.stateNow()!.pid, state.pid, 'the same process')
})

conform('state of a stopped container', (t, box) => {
  box.create()
  box.start()
  t.ok(box.becomes('stopped'))
  t.equal(box.stateNow()?.pid ?? 0, 0, 'no pid')
})

conform('an unknown id', (t, box) => {
  for (const command of ['state', 'start', 'kill', 'delete']) {
    const { status, stderr } = box.call([command, 'no-such-container'])
    t.not(status, 0, command)
    t.match(stderr, /does not exist/, `${command} says so`)
  }
  t.equal(box.call(['delete', '--force', 'no-such-container']).status, 0, 'delete --force')
})

conform('an id is unique', (t, box) => {
  box.config.process.args = ['sleep', '100']
  t.equal(box.create().status, 0)
  const second = box.create()
  t.not(second.status, 0, 'second create')
  t.match(second.stderr, /exist/)
  t.equal(box.stateNow()?.status, 'created', 'the first is not harmed')
  t.equal(box.start().status, 0)
})

conform('an id is a name', (t, box) => {
  box.save()
  for (const id of ['', '.', '..', '../x', 'a/b', 'a b', 'ä', 'a\nb']) {
    t.not(box.call(['create', '--bundle', box.bundle, id]).status, 0, JSON.stringify(id))
  }
})

conform('every operation refuses the wrong state', (t, box) => {
  box.config.process.args = ['sleep', '100']
  box.create()
  box.start()
  t.not(box.start().status, 0, 'start a running container')
  t.equal(box.stateNow()?.status, 'running')
  t.not(box.delete().status, 0, 'delete a running container')
  t.equal(box.stateNow()?.status, 'running')
  box.kill('KILL')
  t.ok(box.becomes('stopped'))
  t.not(box.start().status, 0, 'start a stopped container')
  const late = box.kill('KILL')
  t.not(late.status, 0, 'kill a stopped container')
  t.match(late.stderr, /container not running|no such process|already finished/)
  t.equal(box.delete().status, 0)
})

conform('create does not run the program', (t, box) => {
  box.config.process.args = ['touch', '/tmp/ran']
  box.create()
  t.throws(() => readFileSync(join(box.rootfs, 'tmp/ran')), 'not run')
  box.start()
  t.ok(box.becomes('stopped'))
  t.doesNotThrow(() => readFileSync(join(box.rootfs, 'tmp/ran')), 'run')
})

conform('config.json may change after create', (t, box) => {
  box.config.process.args = ['touch', '/tmp/first']
  box.create()
  box.config.process.args = ['touch', '/tmp/second']
  box.save()
  box.start()
  t.ok(box.becomes('stopped'))
  t.doesNotThrow(() => readFileSync(join(box.rootfs, 'tmp/first')), 'without effect')
})

conform('delete of a created container', (t, box) => {
  box.create()
  const { pid } = box.stateNow()!
  t.equal(box.delete('--force').status, 0)
  t.ok(hasEnded(pid), 'ends its process')
})

conform('delete --force of a running container', (t, box) => {
  box.config.process.args = ['sleep', '100']
  box.create()
  box.start()
  t.equal(box.delete('--force').status, 0)
  t.equal(box.stateNow(), undefined)
})

conform('kill by name and by number', (t, box) => {
  for (const [signal, status] of [
    ['TERM', 3],
    ['SIGUSR1', 4],
    ['2', 5],
  ] as const) {
    box.config.process.args = [
      '/bin/sh',
      '-c',
      'trap "echo 3 > /tmp/got; exit" TERM; trap "echo 4 > /tmp/got; exit" USR1; ' +
        'trap "echo 5 > /tmp/got; exit" INT; touch /tmp/ready; while :; do sleep 0.02; done',
    ]
    box.create()
    box.start()
    t.ok(until(() => existsSync(join(box.rootfs, 'tmp/ready'))))
    t.equal(box.kill(signal).status, 0, signal)
    t.ok(box.becomes('stopped'), `${signal} ends it`)
    t.equal(readFileSync(join(box.rootfs, 'tmp/got'), 'utf8').trim(), String(status))
    box.delete()
    rmSync(join(box.rootfs, 'tmp/ready'))
  }
  t.not(box.kill('NOSUCH').status, 0, 'an unknown signal')
})

conform(
  'a container without a process is created, and cannot be started',
  (t, box) => {
    Reflect.deleteProperty(box.config, 'process')
    const { status, stderr } = box.create()
    t.equal(status, 0, stderr)
    t.equal(box.stateNow()?.status, 'created')
    t.not(box.start().status, 0)
    t.equal(box.stateNow()?.status, 'created')
  },
  { differs: { runc: 'wants one', crun: 'wants one' } },
)

conform('the pid file', (t, box) => {
  const file = join(box.directory, 'pid')
  box.config.process.args = ['sleep', '100']
  t.equal(box.create(['--pid-file', file]).status, 0)
  t.equal(readFileSync(file, 'utf8'), String(box.stateNow()!.pid), 'the pid without a newline')
})

conform('list', (t, box) => {
  box.create()
  const rows = JSON.parse(box.call(['list', '--format', 'json']).stdout)
  t.match(rows, [{ id: box.id, status: 'created', bundle: box.bundle }])
  t.match(box.call(['list', '-q']).stdout, new RegExp(`^${box.id}$`, 'm'))
  box.delete('--force')
  t.notMatch(box.call(['list', '-q']).stdout, box.id)
})

conform('the bundle is the current directory by default', (t, box) => {
  box.save()
  const wrap = ['/bin/sh', '-c', `cd ${box.bundle} && exec "$@"`, 'sh']
  t.equal(box.call(['run', box.id], { wrap }).status, 0)
})

conform('run --keep leaves a stopped container', (t, box) => {
  const { status, stderr } = box.run({ flags: ['--keep'] })
  if (/unknown|not defined|invalid/i.test(stderr) && status !== 0) {
    t.pass('no such option')
    return
  }
  t.equal(status, 0)
  t.equal(box.stateNow()?.status, 'stopped')
})

conform('run --detach leaves a running one', (t, box) => {
  box.config.process.args = ['sleep', '100']
  const file = join(box.directory, 'pid')
  t.equal(box.run({ flags: ['--detach', '--pid-file', file] }).status, 0)
  t.equal(box.stateNow()?.status, 'running')
  t.equal(String(box.stateNow()?.pid), readFileSync(file, 'utf8'))
})

conform('a bundle without config.json', (t, box) => {
  writeFileSync(join(box.bundle, 'other'), '')
  t.not(box.call(['create', '--bundle', box.bundle, box.id]).status, 0)
  t.not(box.call(['create', '--bundle', '/no/such/bundle', box.id]).status, 0)
})

const ofOurs = { runc: 'keeps no config', crun: 'has files of other names' } as const

conform(
  'a container of an earlier version, whose config would not be taken any more',
  (t, box) => {
    box.config.process.args = ['sleep', '100']
    box.run({ flags: ['--detach'] })
    const saved = join(box.state, box.id, 'config.json')
    const config = JSON.parse(readFileSync(saved, 'utf8'))
    config.linux.resources = { memory: { swap: 64 } }
    config.hooks = {}
    writeFileSync(saved, JSON.stringify(config))
    t.not(box.call(['create', '--bundle', join(box.state, box.id), 'another']).status, 0)
    t.equal(box.call(['exec', box.id, 'true']).status, 0)
    t.equal(box.call(['update', '--pids-limit', '20', box.id]).status, 0)
    t.equal(box.delete('--force').status, 0)
  },
  { differs: ofOurs },
)

conform(
  'delete --force removes nothing that is not the runtime’s',
  (t, box) => {
    box.create()
    box.delete('--force')
    const others = join(box.directory, 'others')
    for (const path of [others, join(box.state, 'directory')]) {
      mkdirSync(path)
      writeFileSync(join(path, 'file'), 'kept')
    }
    symlinkSync(others, join(box.state, 'link'))
    for (const name of ['directory', 'link']) {
      t.not(box.call(['delete', '--force', name]).status, 0)
      t.equal(readFileSync(join(box.state, name, 'file'), 'utf8'), 'kept')
    }
    rmSync(join(box.state, 'directory'), { recursive: true })
    rmSync(join(box.state, 'link'))
  },
  { differs: { runc: 'removes whatever has the name', crun: 'removes whatever has the name' } },
)

conform(
  'a container whose saved config is in pieces can be deleted',
  (t, box) => {
    box.create()
    writeFileSync(join(box.state, box.id, 'config.json'), '{"hooks":{"poststop":[')
    const { status, stderr } = box.delete('--force')
    t.equal(status, 0, stderr)
    t.match(stderr, /poststop hooks are not run/)
  },
  { differs: ofOurs },
)
