/** Terminals, by the compiled binary: in a real one (script(1)), and over a console socket. */
import { spawnSync } from 'node:child_process'
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
import { bind } from '../sys/bind.ts'
import { receiveDescriptor } from '../sys/fd-passing.ts'
import { read } from '../sys/file.ts'
import { listenAt } from '../sys/socket.ts'
import { isTerminal } from '../sys/terminal.ts'

const accept = bind<[socket: number, address: null, size: null]>('int accept(int, void *, void *)')

const tsrun = process.env['TSRUN'] ?? resolve('dist/tsrun')
const busybox = ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path))
const hasScript = spawnSync('script', ['--version']).status === 0

const unable = (): string | false => {
  if (process.geteuid?.() !== 0) return 'needs root'
  if (!busybox) return 'needs busybox'
  if (!hasScript) return 'needs script(1)'
  return existsSync(tsrun) ? false : `needs ${tsrun}: npm run build`
}

t.test('terminals', { skip: unable() }, async (t) => {
  const bundle = t.testdir()
  // Not below the bundle: that is gone before a teardown could delete the container.
  const root = mkdtempSync(join(tmpdir(), 'tsrun-test-'))
  const id = `tsrun-tty-test-${process.pid}`
  mkdirSync(join(bundle, 'rootfs/bin'), { recursive: true })
  cpSync(busybox!, join(bundle, 'rootfs/bin/busybox'))
  for (const name of ['sh', 'tty', 'stty', 'stat', 'sleep', 'cat']) {
    symlinkSync('busybox', join(bundle, 'rootfs/bin', name))
  }
  const run = `${tsrun} --root ${root}`
  const call = (...args: readonly string[]) =>
    spawnSync(tsrun, ['--root', root, ...args], { cwd: bundle, encoding: 'utf8', input: '' })
  t.teardown(() => {
    spawnSync(tsrun, ['--root', root, 'delete', '--force', id])
    rmSync(root, { recursive: true, force: true })
  })

  const configure = (args: readonly string[], more: object = {}): void => {
    call('spec')
    const file = join(bundle, 'config.json')
    const config = JSON.parse(readFileSync(file, 'utf8'))
    Object.assign(config.process, { args, terminal: true }, more)
    writeFileSync(file, JSON.stringify(config))
  }
  /** In a pseudoterminal, whose settings are printed before and after. */
  const inTerminal = (command: string) => {
    const line = `stty rows 33 cols 77; echo "<$(stty -g)>"; ${command}; echo "st=$?"; echo "<$(stty -g)>"`
    const { stdout } = spawnSync('script', ['-qec', `sh -c '${line}'`, '/dev/null'], {
      cwd: bundle,
      encoding: 'utf8',
      input: '',
    })
    const settings = [...stdout.matchAll(/<([^>]*)>/g)].map((match) => match[1])
    return { stdout, settings, status: Number(/st=(\d+)/.exec(stdout)?.[1]) }
  }

  t.test(
    'run in the foreground: streams, size, status, and the user’s terminal as before',
    async (t) => {
      configure(['sh', '-c', 'tty; stty size; stat -c %t:%u /dev/console; exit 5'])
      const { stdout, settings, status } = inTerminal(`${run} run ${id}`)
      t.match(stdout, /\/dev\/pts\/0/)
      t.match(stdout, /33 77/)
      t.match(stdout, /88:0/, '/dev/console is a pty')
      t.equal(status, 5)
      t.equal(settings.length, 2)
      t.equal(settings[0], settings[1])
    },
  )

  t.test('the terminal is the user’s', async (t) => {
    configure(['stat', '-c', 'owner=%u', '/dev/pts/0'], { user: { uid: 1000, gid: 0 } })
    t.match(inTerminal(`${run} run ${id}`).stdout, /owner=1000/)
  })

  t.test('a program that does not start leaves the terminal as it was', async (t) => {
    configure(['nope'])
    const { stdout, settings, status } = inTerminal(`${run} run ${id}`)
    t.equal(status, 127, stdout)
    t.equal(settings[0], settings[1])
  })

  t.test('without a terminal of the user’s run fails, and create needs a socket', async (t) => {
    configure(['tty'])
    const { status, stderr } = spawnSync('setsid', ['--wait', tsrun, '--root', root, 'run', id], {
      cwd: bundle,
      encoding: 'utf8',
      input: '',
    })
    t.equal(status, 1)
    t.match(stderr, /\/dev\/tty/)
    t.match(call('create', id).stderr, /console socket/)
    configure(['tty'], { terminal: false })
    t.match(call('create', '--console-socket', '/nowhere', id).stderr, /console socket/)
    t.notOk(existsSync(join(root, id)))
  })

  t.test('--console-socket gets the terminal; exec -t has one of its own', async (t) => {
    configure(['sh', '-c', 'stty size; sleep 1000'], { consoleSize: { height: 11, width: 22 } })
    const path = join(bundle, 'c.sock')
    const listener = listenAt(path)
    // The socket's queue holds what is sent until we take it.
    const { status: started, stderr } = call('run', '-d', '--console-socket', path, id)
    t.equal(started, 0, stderr)
    if (started !== 0) return
    const master = receiveDescriptor(accept(listener, null, null))
    t.ok(isTerminal(master!))
    const bytes = Buffer.alloc(100)
    t.equal(bytes.toString('utf8', 0, read(master!, bytes, 100)), '11 22\r\n')
    const { stdout, status: own, settings } = inTerminal(`${run} exec -t ${id} sh -c "tty; exit 4"`)
    t.match(stdout, /\/dev\/pts\/\d/)
    t.equal(own, 4)
    t.equal(settings[0], settings[1])
  })
})
