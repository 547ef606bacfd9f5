import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import t from 'tap'
import { bindDatagrams, connectDatagrams, unixAddress } from '../sys/datagram.ts'
import { close, read } from '../sys/file.ts'
import { pidfdOpen } from '../sys/process.ts'
import { poll } from '../sys/signal.ts'
import { send } from '../sys/socket.ts'
import {
  awaitReady,
  listenForReady,
  makeNotifyDirectory,
  notifyHost,
  readyLine,
  relayReady,
  withNotifySocket,
} from './notify-socket.ts'
import { removeState } from './state/remove.ts'

t.equal(
  notifyHost(() => undefined),
  undefined,
)
t.equal(
  notifyHost(() => ''),
  undefined,
)
t.equal(
  notifyHost((name) => (name === 'NOTIFY_SOCKET' ? '@systemd' : undefined)),
  '@systemd',
)

t.strictSame(
  withNotifySocket({ ociVersion: '1.0.0', process: { cwd: '/', env: ['A=1'] } }, '/run/tsrun/web'),
  {
    ociVersion: '1.0.0',
    mounts: [
      {
        destination: '/run/notify',
        type: 'bind',
        source: '/run/tsrun/web/notify',
        options: ['bind', 'nosuid', 'noexec', 'nodev', 'ro'],
      },
    ],
    process: { cwd: '/', env: ['A=1', 'NOTIFY_SOCKET=/run/notify/notify.sock'] },
  },
)

t.equal(readyLine('STATUS=up\nREADY=1\nMAINPID=2'), 'READY=1')
t.equal(readyLine('STATUS=READY=1'), undefined)

t.strictSame([...unixAddress('@ab')], [1, 0, 0, 97, 98])
t.strictSame([...unixAddress('/a')], [1, 0, 47, 97, 0])
t.throws(() => unixAddress(`/${'a'.repeat(107)}`), RangeError)

/** All that has arrived. */
const arrived = (socket: number): string[] => {
  const found: string[] = []
  const bytes = Buffer.alloc(4096)
  while (poll([socket], 0)[0]) {
    found.push(bytes.toString('utf8', 0, read(socket, bytes, bytes.length)))
  }
  return found
}

t.test('a relay', async (t) => {
  const directory = t.testdir({ state: {} })
  const state = `${directory}/state`
  t.equal(listenForReady(state), undefined, 'a container that nobody waits for')
  makeNotifyDirectory(state)
  const inside = listenForReady(state)!
  t.equal(statSync(`${state}/notify/notify.sock`).mode & 0o777, 0o777)
  const name = `${directory}/host.sock`
  const host = bindDatagrams(name)
  const program = connectDatagrams(`${state}/notify/notify.sock`)
  const say = (text: string): void => send(program, Buffer.from(text))
  const child = spawn('sleep', ['60'])
  const pid = child.pid!
  const pidfd = pidfdOpen(pid, 0)
  t.teardown(() => {
    child.kill('SIGKILL')
    for (const file of [inside, host, program, pidfd]) close(file)
  })

  say('STATUS=starting')
  t.equal(relayReady(inside, name), false)
  say('READY=1\nSTATUS=up')
  t.equal(relayReady(inside, name), true)
  t.strictSame(arrived(host), ['READY=1\n'], 'tsrun stays: it is the main process')

  say('READY=1')
  awaitReady(inside, pidfd, name, pid, 1)
  t.strictSame(arrived(host), ['READY=1\n', `MAINPID=${pid}\n`, 'BARRIER=1'])

  child.kill('SIGKILL')
  awaitReady(inside, pidfd, name, pid, 1)
  t.strictSame(arrived(host), [], 'a program that ends without a word')

  removeState(state)
  t.notOk(existsSync(state))
})

t.test('a long path', async (t) => {
  const directory = `${t.testdir({})}/${'long/'.repeat(30)}`
  mkdirSync(directory, { recursive: true })
  makeNotifyDirectory(directory)
  const socket = listenForReady(directory)!
  t.ok(existsSync(`${directory}/notify/notify.sock`))
  close(socket)
})

t.test('nobody on the host', async (t) => {
  const directory = t.testdir({})
  makeNotifyDirectory(directory)
  const inside = listenForReady(directory)!
  const program = connectDatagrams(`${directory}/notify/notify.sock`)
  send(program, Buffer.from('READY=1'))
  t.throws(() => relayReady(inside, `${directory}/none.sock`), {
    message: `tell ${directory}/none.sock that the container is ready`,
  })
  for (const file of [inside, program]) close(file)
})
