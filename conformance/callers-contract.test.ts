/**
 * What containerd's shim, dockerd, buildkit, conmon, podman, buildah and CRI-O rely on and no specification says: how
 * they call a runtime, and what they read.
 */
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bind } from '../lib/sys/bind.ts'
import { receiveDescriptor } from '../lib/sys/fd-passing.ts'
import { close } from '../lib/sys/file.ts'
import { listenAt } from '../lib/sys/socket.ts'
import { isTerminal } from '../lib/sys/terminal.ts'
import { runtime, type Box } from './harness/box.ts'
import { textOf, until } from './harness/wait.ts'
import { conform } from './harness/conform.ts'

const accept = bind<[socket: number, address: null, size: null]>('int accept(int, void *, void *)')

const isRunc = runtime.endsWith('runc')
const isCrun = runtime.endsWith('crun')

/** The container of most tests: it stays. */
const sleeper = (box: Box): void => {
  box.config.process.args = ['sleep', '100']
}

const running = (box: Box): void => {
  sleeper(box)
  box.create()
  box.start()
}

const logged = (box: Box, ...args: readonly string[]) => {
  const log = join(box.directory, 'log.json')
  const result = box.call(['--log', log, '--log-format', 'json', ...args])
  return { ...result, log: existsSync(log) ? readFileSync(log, 'utf8') : '' }
}

conform('create --pid-file: the pid and nothing else, in a file that appears at once', (t, box) => {
  sleeper(box)
  const file = join(box.directory, 'init.pid')
  t.equal(box.create(['--pid-file', file]).status, 0)
  // containerd converts the bytes as they are.
  t.equal(readFileSync(file, 'utf8'), String(box.stateNow()?.pid))
  t.equal(statSync(file).mode & 0o111, 0, 'an ordinary file')
})

conform('exec --pid-file', (t, box) => {
  running(box)
  const file = join(box.directory, 'exec.pid')
  const flags = ['--detach', '--pid-file', file]
  t.equal(box.call(['exec', ...flags, box.id, 'sleep', '100']).status, 0)
  const pid = readFileSync(file, 'utf8')
  t.match(pid, /^[1-9]\d*$/)
  t.match(readFileSync(`/proc/${pid}/cmdline`, 'utf8'), /^sleep/, 'of the program itself')
  rmSync(file)
  // conmon takes an exec for failed when there is no file.
  t.not(box.call(['exec', ...flags, box.id, '/absent']).status, 0)
  t.notOk(existsSync(file), 'none when the program could not be started')
})

conform('--log-format json: on failure one object, on success none', (t, box) => {
  const { status, log } = logged(box, 'start', 'absent')
  t.not(status, 0)
  // podman parses the whole file as one object, containerd takes the last with level "error".
  const record = JSON.parse(log.trim())
  t.match(record, { level: 'error', msg: /does not exist/ })
  t.match(record.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/, 'RFC 3339')
  rmSync(join(box.directory, 'log.json'))
  sleeper(box)
  box.save()
  const created = logged(box, 'create', '--bundle', box.bundle, box.id)
  t.strictSame([created.status, created.log], [0, ''])
  const started = logged(box, 'start', box.id)
  t.strictSame([started.status, started.log], [0, ''])
})

conform('phrases: no such container', (t, box) => {
  for (const command of [['state'], ['start'], ['kill'], ['delete'], ['exec']] as const) {
    const args = command[0] === 'exec' ? ['absent', 'true'] : ['absent']
    const { status, stderr } = box.call([...command, ...args])
    t.not(status, 0, command[0])
    t.match(stderr, /does not exist/, command[0])
  }
})

conform('phrases: kill of what has ended', (t, box) => {
  box.create()
  box.start()
  t.ok(box.becomes('stopped'))
  const { status, stderr } = box.kill('TERM')
  t.not(status, 0)
  // One of these makes containerd's answer "not found".
  t.match(stderr, /container not running|process already finished|no such process/)
})

conform('phrases: a program that is not there, or none', (t, box) => {
  const words: readonly (readonly [string, RegExp])[] = [
    ['/absent', /no such file or directory/i],
    ['absent', isCrun ? /not found|no such file/i : /executable file not found in \$PATH/],
    ['/etc/passwd', /permission denied/i],
  ]
  for (const [program, phrase] of words) {
    box.config.process.args = [program]
    const { status, stderr } = box.run()
    t.not(status, 0, program)
    t.match(stderr, phrase, `run ${program}`)
    box.delete('--force')
  }
  running(box)
  for (const [program, phrase] of words) {
    const { status, stderr } = box.call(['exec', box.id, program])
    t.not(status, 0, program)
    t.match(stderr, phrase, `exec ${program}`)
  }
})

for (const [what, program, phrase] of [
  ['is not there', '/absent', /no such file or directory/i],
  ['is a directory', '/etc', /is a directory|permission denied/i],
  ['has no name', '', /executable file not found|no such file or directory/i],
] as const) {
  conform(`create fails when the program ${what}`, (t, box) => {
    box.config.process.args = [program]
    const { status, stderr } = box.create()
    // podman reads the reason, for its own status 127, only of create.
    t.not(status, 0)
    t.match(stderr, phrase)
  })
}

conform('phrases: nothing else is "not found" or "denied"', (t, box) => {
  if (isRunc || isCrun) {
    t.pass('they are')
    return
  }
  box.config.mounts.push({ destination: '/x', source: '/absent-on-host', options: ['bind'] })
  const { status, stderr } = box.run()
  t.not(status, 0)
  t.notMatch(stderr, /no such file or directory|permission denied|executable file not found/i)
})

conform('--version', (t, box) => {
  const { status, stdout } = box.call(['--version'])
  t.equal(status, 0)
  t.match(stdout, /^\w+ version \d+\.\d+/, 'dockerd and podman print the first line')
  t.match(stdout, /^spec: 1\.\d+\.\d+/m)
  t.equal(box.call(['-v']).status, isCrun ? 1 : 0, '-v')
})

conform('features', (t, box) => {
  const { status, stdout } = box.call(['features'])
  if (status !== 0) {
    t.ok(isRunc || isCrun, 'older ones have no such command')
    return
  }
  const features = JSON.parse(stdout)
  t.match(features, {
    ociVersionMin: /^1\.\d+\.\d+/,
    ociVersionMax: /^1\.\d+\.\d+/,
    hooks: Array,
    mountOptions: Array,
    linux: { namespaces: Array, capabilities: Array, cgroup: Object, seccomp: Object },
  })
  t.ok(features.mountOptions.includes('rro'), 'CRI-O and containerd look for it')
})

conform('podman’s questions: checkpoint, restore --lsm-mount-context', (t, box) => {
  if (isCrun) {
    t.pass('depends on how it was built')
    return
  }
  t.equal(box.call(['checkpoint', '--help']).status, 0)
  const { stdout, stderr } = box.call(['restore', '--lsm-mount-context'])
  t.match(stdout + stderr, /flag needs an argument|requires an argument/)
})

conform('go-runc writes -no-subreaper with one dash', (t, box) => {
  const flags = ['--detach', '--pid-file', join(box.directory, 'pid'), '-no-subreaper']
  box.save()
  const { stdout, stderr } = box.call(['restore', ...flags, '--bundle', box.bundle, box.id])
  t.notMatch(stdout + stderr, /not defined|unknown|unrecognized|invalid option/i)
})

conform('single dashes, =, and flags of the container’s own command', (t, box) => {
  sleeper(box)
  box.save()
  if (!isCrun) {
    t.equal(box.call(['create', '-bundle', box.bundle, box.id]).status, 0, '-bundle')
    box.delete('--force')
  }
  t.equal(box.call(['create', `--bundle=${box.bundle}`, box.id]).status, 0, '--bundle=')
  t.equal(box.start().status, 0)
  const { stdout } = box.call(['exec', box.id, 'echo', '--bundle', '-t', '--', '--help'])
  t.equal(stdout, '--bundle -t -- --help\n')
})

conform('--console-socket: the terminal’s other end', (t, box) => {
  const path = join(box.directory, 'console.sock')
  const socket = listenAt(path)
  box.config.process['terminal'] = true
  box.config.process.args = ['sh', '-c', 'tty; sleep 100']
  t.equal(box.create(['--console-socket', path]).status, 0)
  const connection = accept(socket, null, null)
  const terminal = receiveDescriptor(connection)
  t.ok(terminal !== undefined && isTerminal(terminal), 'one descriptor, of a terminal')
  t.equal(box.start().status, 0)
  for (const file of [terminal ?? -1, connection, socket]) close(file)
})

conform('create’s own standard streams become the container’s', (t, box) => {
  box.config.process.args = ['sh', '-c', 'cat; echo error >&2']
  box.save()
  const input = join(box.directory, 'in')
  writeFileSync(input, 'from the file\n')
  const line = 'exec "$@" < "$0" > "$0.out" 2> "$0.err"'
  const wrap = ['sh', '-c', line, input]
  t.equal(box.call(['create', '--bundle', box.bundle, box.id], { wrap }).status, 0)
  t.equal(box.start().status, 0)
  t.ok(box.becomes('stopped'))
  t.equal(readFileSync(`${input}.out`, 'utf8'), 'from the file\n')
  t.equal(readFileSync(`${input}.err`, 'utf8'), 'error\n')
})

conform('the shim’s exec: --process, --detach, --pid-file', (t, box) => {
  running(box)
  const [spec, file] = [join(box.directory, 'process.json'), join(box.directory, 'exec.pid')]
  box.config.process.args = ['sh', '-c', 'id -u > /tmp/made; exec sleep 100']
  const program = { ...box.config.process, user: { uid: 1000, gid: 1000 } }
  box.call(['exec', box.id, 'chmod', '777', '/tmp'])
  writeFileSync(spec, JSON.stringify(program))
  t.equal(box.call(['exec', '--process', spec, '--detach', '--pid-file', file, box.id]).status, 0)
  const made = join(box.rootfs, 'tmp/made')
  t.ok(until(() => textOf(made) !== ''))
  t.equal(textOf(made), '1000\n')
})

conform('kill: numbers, --all', (t, box) => {
  running(box)
  t.equal(box.call(['kill', box.id, '9']).status, 0)
  t.ok(box.becomes('stopped'))
  t.equal(box.delete().status, 0)
  running(box)
  t.equal(box.call(['kill', '--all', box.id, '9']).status, 0)
  t.ok(box.becomes('stopped'))
})

conform('delete --force', (t, box) => {
  running(box)
  const pid = box.stateNow()!.pid
  t.equal(box.delete('--force').status, 0)
  t.notOk(existsSync(`/proc/${pid}/root/bin`), 'the process is gone')
  t.equal(box.delete('--force').status, 0, 'again: there is nothing to be done')
})

conform('ps --format json, list --format json, state', (t, box) => {
  running(box)
  const { pid } = box.stateNow()!
  t.strictSame(JSON.parse(box.call(['ps', '--format', 'json', box.id]).stdout), [pid])
  const [entry] = JSON.parse(box.call(['list', '--format=json']).stdout)
  t.match(entry, { id: box.id, pid, status: 'running', bundle: box.bundle })
  // buildkit reads it.
  t.equal(box.stateNow()!['rootfs'], box.rootfs, 'state tells the rootfs')
  t.match(box.stateNow()!['created'], /^\d{4}-\d\d-\d\dT/)
})

conform('update --resources=-', (t, box) => {
  running(box)
  const input = JSON.stringify({ pids: { limit: 77 } })
  const { status, stderr } = box.call(['update', '--resources=-', box.id], { input })
  t.equal(status, 0, stderr)
})

conform('events --stats', (t, box) => {
  if (isCrun) {
    t.pass('has none')
    return
  }
  running(box)
  const { status, stdout } = box.call(['events', '--stats', box.id])
  t.equal(status, 0)
  t.match(JSON.parse(stdout), { type: 'stats', id: box.id, data: { cpu: Object, memory: Object } })
})

conform('exit status: the program’s, 128 + signal, and not 0 of the runtime', (t, box) => {
  t.equal(box.sh('exit 42').status, 42)
  running(box)
  t.equal(box.call(['exec', box.id, 'sh', '-c', 'exit 42']).status, 42)
  t.equal(box.call(['exec', box.id, 'sh', '-c', 'kill -9 $$']).status, 128 + 9)
  t.not(box.call(['exec', box.id, '/absent']).status, 0)
})
