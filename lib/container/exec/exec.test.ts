/** `exec`, `ps`, `pause`, `resume`, `update` and `events`, by the compiled binary. */
import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
  mkdtempSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import t from 'tap'
import { parseUser } from './process.ts'
import { filterLines } from '../ps.ts'

t.test('--user is UID or UID:GID in digits', async (t) => {
  t.same(parseUser('0'), { uid: 0 })
  t.same(parseUser('1000:5'), { uid: 1000, gid: 5 })
  for (const text of [
    '',
    '1x',
    ' 1',
    '-1',
    '+1',
    '0x0',
    '1:',
    ':1',
    '1:2:3',
    'root',
    '4294967295',
  ]) {
    t.throws(() => parseUser(text), text)
  }
})

t.test(
  'the table of ps keeps the lines with a pid of ours, whatever their arguments say',
  async (t) => {
    const text = 'USER  PID CMD\nroot   12 sh 34\nroot   34 sleep 12\n'
    t.equal(filterLines(text, [34]), 'USER  PID CMD\nroot   34 sleep 12\n')
    t.throws(() => filterLines('USER CMD\n', [1]))
  },
)

const tsrun = process.env['TSRUN'] ?? resolve('dist/tsrun')
const busybox = ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path))

const unable = (): string | false => {
  if (process.geteuid?.() !== 0) return 'needs root'
  if (!busybox) return 'needs busybox'
  return existsSync(tsrun) ? false : `needs ${tsrun}: npm run build`
}

const applets = ['sh', 'true', 'sleep', 'id', 'cat', 'pwd', 'tty', 'stty', 'ls', 'env', 'echo']

t.test('in a container that runs', { skip: unable() }, async (t) => {
  const bundle = t.testdir()
  // Not below the bundle: that is gone before a teardown could delete the container.
  const root = mkdtempSync(join(tmpdir(), 'tsrun-test-'))
  const id = `tsrun-exec-test-${process.pid}`
  mkdirSync(join(bundle, 'rootfs/bin'), { recursive: true })
  cpSync(busybox!, join(bundle, 'rootfs/bin/busybox'))
  for (const name of applets) symlinkSync('busybox', join(bundle, 'rootfs/bin', name))

  const call = (args: readonly string[], input = '') => {
    const { status, stdout, stderr } = spawnSync(tsrun, ['--root', root, ...args], {
      cwd: bundle,
      encoding: 'utf8',
      input,
    })
    return { status, stdout, stderr }
  }
  const exec = (...args: readonly string[]) => call(['exec', ...args])

  call(['spec'])
  const config = JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8'))
  config.process.terminal = false
  config.process.args = ['sleep', '1000']
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(config))
  const detached = spawnSync(tsrun, ['--root', root, 'run', '-d', id], {
    cwd: bundle,
    stdio: 'ignore',
  })
  t.teardown(() => {
    spawnSync(tsrun, ['--root', root, 'delete', '--force', id])
    rmSync(root, { recursive: true, force: true })
  })
  t.equal(detached.status, 0)

  t.test(
    'the status is the program’s, 128 + n for signal n, 255 for a failure of ours',
    async (t) => {
      t.equal(exec(id, 'true').status, 0)
      t.equal(exec(id, 'sh', '-c', 'exit 7').status, 7)
      t.equal(exec(id, 'sh', '-c', 'kill -9 $$').status, 137)
      t.match(exec(id, 'nope'), { status: 255, stderr: /found in \$PATH/ })
      t.match(exec('nobody', 'true'), { status: 255, stderr: /does not exist/ })
    },
  )

  t.test('arguments behind the id are the program’s', async (t) => {
    t.equal(exec(id, 'echo', '-t', '--user', '5').stdout, '-t --user 5\n')
  })

  t.test('streams pass through', async (t) => {
    t.equal(call(['exec', id, 'cat'], 'hello').stdout, 'hello')
  })

  t.test('options change the process', async (t) => {
    const { stdout } = exec(
      '--user',
      '1000:5',
      '-g',
      '7',
      '--cwd',
      '/bin',
      '-e',
      'A=b',
      id,
      'sh',
      '-c',
      'id; pwd; echo $A',
    )
    t.equal(stdout, 'uid=1000 gid=5 groups=7\n/bin\nb\n')
    const status = exec(
      '--cap',
      'CAP_NET_ADMIN',
      '--no-new-privs',
      id,
      'cat',
      '/proc/self/status',
    ).stdout
    t.match(status, /NoNewPrivs:\t1/)
    const set = (name: string): bigint =>
      BigInt(`0x${new RegExp(`${name}:\\t(\\w+)`).exec(status)![1]}`)
    const netAdmin = 1n << 12n
    for (const name of ['CapEff', 'CapPrm', 'CapBnd']) t.ok(set(name) & netAdmin, name)
    for (const name of ['CapInh', 'CapAmb']) t.notOk(set(name) & netAdmin, name)
  })

  t.test('--process takes it from a file', async (t) => {
    const file = join(bundle, 'process.json')
    writeFileSync(file, JSON.stringify({ args: ['id', '-u'], cwd: '/', user: { uid: 12, gid: 0 } }))
    t.equal(exec('--process', file, id).stdout, '12\n')
  })

  t.test('a working directory outside is none', async (t) => {
    for (let fd = 3; fd < 12; fd++) {
      t.equal(exec('--cwd', `/proc/self/fd/${fd}`, id, 'pwd').status, 255, String(fd))
    }
    t.match(exec('--cwd', '/missing', id, 'pwd'), { status: 255, stderr: /\/missing/ })
  })

  t.test('the program has three descriptors and is in the container’s cgroup', async (t) => {
    t.equal(
      exec(id, 'sh', '-c', 'ls /proc/$$/fd | grep -v 10; true').stderr.includes('memfd'),
      false,
    )
    const own = exec(id, 'cat', '/proc/self/cgroup').stdout
    const { pid } = JSON.parse(call(['state', id]).stdout)
    const container = execFileSync('cat', [`/proc/${pid}/cgroup`], { encoding: 'utf8' })
    const places = (text: string) => text.split('\n').map((line) => line.split('/').at(-1))
    t.same(places(own), places(container))
  })

  t.test('--detach and --pid-file', async (t) => {
    const file = join(bundle, 'pid')
    const { status } = spawnSync(
      tsrun,
      ['--root', root, 'exec', '-d', '--pid-file', file, id, 'sleep', '99'],
      { cwd: bundle, stdio: 'ignore' },
    )
    t.equal(status, 0)
    const pid = Number(readFileSync(file, 'utf8'))
    t.ok(JSON.parse(call(['ps', '--format', 'json', id]).stdout).includes(pid))
    t.match(call(['ps', id, '-o', 'pid,args']).stdout, new RegExp(`${pid} sleep 99`))
    process.kill(pid, 'SIGKILL')
  })

  t.test('terminals and console sockets come together', async (t) => {
    t.match(exec('-t', '-d', id, 'tty'), { status: 255, stderr: /console socket/ })
    t.match(exec('--console-socket', '/nowhere', id, 'tty'), {
      status: 255,
      stderr: /console socket/,
    })
  })

  t.test('pause and resume', async (t) => {
    t.equal(call(['pause', id]).status, 0)
    t.equal(JSON.parse(call(['state', id]).stdout).status, 'paused')
    t.match(exec(id, 'true'), { status: 255, stderr: /paused container/ })
    t.match(call(['pause', id]), { status: 1 })
    t.equal(call(['resume', id]).status, 0)
    t.match(call(['resume', id]), { status: 1, stderr: /container not paused/ })
    t.equal(exec(id, 'true').status, 0)
  })

  t.test('update changes what events count against', async (t) => {
    t.equal(call(['update', '--pids-limit', '77', id]).status, 0)
    const stats = () => JSON.parse(call(['events', '--stats', id]).stdout)
    t.match(stats(), { type: 'stats', id, data: { pids: { limit: 77 } } })
    t.equal(call(['update', '-r', '-', id], '{"pids":{"limit":66}}').status, 0)
    t.equal(stats().data.pids.limit, 66)
    t.equal(call(['update', '-r', '-', id], '{"pids":{"limit":"x"}}').status, 1)
  })

  t.test('nothing of it works when the container has ended', async (t) => {
    call(['kill', id, 'KILL'])
    for (let tries = 0; tries < 100; tries++) {
      if (JSON.parse(call(['state', id]).stdout).status === 'stopped') break
      spawnSync('sleep', ['0.02'])
    }
    t.match(exec(id, 'true'), { status: 255, stderr: /cannot exec in a stopped container/ })
    t.match(call(['pause', id]), { status: 1, stderr: /container not running/ })
    t.match(call(['events', '--stats', id]), { status: 1, stderr: /is not running/ })
  })
})
