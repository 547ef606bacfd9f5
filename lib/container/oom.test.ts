/** Whether a container was killed for lack of memory, and that it is said; also by the compiled binary. */
import { spawn, spawnSync } from 'node:child_process'
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import t from 'tap'
import { Failure } from '../failure.ts'
import { blamingMemory, refuseKilled } from './oom.ts'
import { identify } from './process.ts'

/** A directory that looks like a cgroup. */
const cgroupOf = (directory: string) =>
  ({ mode: 'v2', paths: { '': directory }, made: [] }) as const

const HIT = { 'memory.max': '40960', 'memory.events': 'max 3\noom_kill 0\n' }
const KILLED = { 'memory.max': '40960', 'memory.events': 'max 3\noom_kill 1\n' }
const DEAD = { pid: 0, startTime: 0 }

t.test('a process that was killed as it became the program', async (t) => {
  const directory = t.testdir()
  const cgroup = cgroupOf(directory)
  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
  }
  refuseKilled({ cgroup, init: DEAD })
  write(HIT)
  refuseKilled({ cgroup, init: DEAD })
  t.pass('one that has ended by itself is no failure')
  write(KILLED)
  t.throws(() => refuseKilled({ cgroup, init: DEAD }), {
    message: 'the kernel killed 1 process for lack of memory: the limit is 40 KiB',
    code: 'OUT_OF_MEMORY',
  })
  write({ 'memory.max': '67108864' })
  refuseKilled({ cgroup, init: DEAD })
  t.pass('nor what a program with enough to start did with it')

  const child = spawn('sleep', ['60'])
  t.teardown(() => child.kill('SIGKILL'))
  const init = identify(child.pid!)
  write({ ...HIT, 'memory.events': 'max 0\noom_kill 0\n' })
  let before = performance.now()
  refuseKilled({ cgroup, init })
  t.ok(performance.now() - before < 150, 'who has not hit the limit is not waited for')
  write(KILLED)
  before = performance.now()
  refuseKilled({ cgroup, init })
  t.ok(performance.now() - before > 150, 'who has is, and lives on')
  // In the middle of the wait, by somebody else: this thread does not come to it.
  spawn('sh', ['-c', `sleep 0.05; kill -9 ${child.pid}`], { stdio: 'ignore' })
  t.throws(() => refuseKilled({ cgroup, init }), { code: 'OUT_OF_MEMORY' }, 'and when it dies')
})

t.test('a failure that memory is to blame for', async (t) => {
  const directory = t.testdir(HIT)
  const container = { cgroup: cgroupOf(directory), init: DEAD }
  const fail = (): never => {
    throw new Failure('send it on its way')
  }
  t.throws(() => blamingMemory(container, fail), { message: 'send it on its way' })
  writeFileSync(join(directory, 'memory.events'), 'oom_kill 1\n')
  t.throws(() => blamingMemory(container, fail), { code: 'OUT_OF_MEMORY' })
  t.equal(
    blamingMemory(container, () => 7),
    7,
    'and nothing where nothing failed',
  )
})

const tsrun = resolve('dist/tsrun')
const BUSYBOX = '/bin/busybox'

const unable = (): string | false => {
  if (process.geteuid?.() !== 0) return 'needs root'
  if (!existsSync(BUSYBOX)) return `needs ${BUSYBOX}`
  // v1 counts pages ahead, 64 a processor, and then refuses such a limit as being exceeded already.
  if (!existsSync('/sys/fs/cgroup/cgroup.controllers')) return 'needs cgroup v2'
  return existsSync(tsrun) ? false : `needs ${tsrun}: npm run build`
}

t.test('start and run say it, each time', { skip: unable() }, async (t) => {
  const place = mkdtempSync(join(tmpdir(), 'tsrun-oom-'))
  t.teardown(() => rmSync(place, { recursive: true }))
  mkdirSync(join(place, 'rootfs/bin'), { recursive: true })
  cpSync(BUSYBOX, join(place, 'rootfs/bin/busybox'))
  const id = `oom-${process.pid}`
  const errors = join(place, 'errors')
  // A file: what `create` starts keeps its error output open.
  const call = (...args: readonly string[]) => {
    const file = openSync(errors, 'w')
    const { status } = spawnSync(tsrun, ['--root', join(place, 'state'), ...args], {
      timeout: 20_000,
      stdio: ['ignore', 'ignore', file],
    })
    closeSync(file)
    return { status, stderr: readFileSync(errors, 'utf8') }
  }
  const save = (limit: number, args: readonly string[]): void => {
    const namespaces = [{ type: 'pid' }, { type: 'mount' }]
    const config = {
      ociVersion: '1.0.2',
      process: { args: ['/bin/busybox', ...args], cwd: '/', user: { uid: 0, gid: 0 } },
      root: { path: 'rootfs' },
      linux: { namespaces, resources: { memory: { limit } } },
    }
    writeFileSync(join(place, 'config.json'), JSON.stringify(config))
  }
  save(40 * 1024, ['sleep', '60'])
  for (let i = 0; i < 5; i++) {
    const made = call('create', '--bundle', place, id)
    const started = call('start', id)
    t.match(
      made.status === 0 ? started : made,
      { status: 1, stderr: /killed 1 process for lack of memory: the limit is 40 KiB, at most/ },
      'start',
    )
    if (made.status === 0) call('delete', '--force', id)
  }
  const detached = call('run', '--detach', '--bundle', place, id)
  t.match(detached, { status: 1, stderr: /^tsrun: run .* the limit is 40 KiB/ }, 'run --detach')
  save(20 * 2 ** 20, ['dd', 'if=/dev/zero', 'of=/dev/null', 'bs=100M', 'count=1'])
  for (let i = 0; i < 5; i++) {
    const ran = call('run', '--bundle', place, id)
    t.match(ran, { status: 137, stderr: /warning: .* the limit is 20 MiB, at most 20 MiB/ }, 'run')
  }
})
