/** NOTIFY_SOCKET: the runtime passes on that the program is ready. sd_notify(3) */
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'
import type { Box } from './harness/box.ts'
import { pause, until } from './harness/wait.ts'

const skip =
  spawnSync('python3', ['-c', '']).status !== 0 && 'needs python3 for a socket of datagrams'

/** Writes what arrives, one line a datagram. A descriptor that comes along is closed: that is what a barrier waits for. */
const listener = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
out = open(sys.argv[2], 'w')
while True:
    data, fds, _, _ = socket.recv_fds(s, 4096, 4)
    out.write(data.decode().strip() + (' +fd' if fds else '') + '\\n'); out.flush()
    import os
    for f in fds: os.close(f)
`
const say = `import socket,os,sys\ns=socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\ns.sendto(sys.argv[1].encode(), sys.argv[2])`

const listen = (box: Box) => {
  const socket = join(box.directory, 'host.sock')
  const file = join(box.directory, 'said')
  const child = spawn('python3', ['-c', listener, socket, file], { stdio: 'inherit' })
  until(() => spawnSync('test', ['-S', socket]).status === 0)
  return { socket, said: () => readFileSync(file, 'utf8'), stop: () => child.kill('SIGKILL') }
}

conform(
  'start waits for the program to be ready, and tells who asked',
  (t, box) => {
    const host = listen(box)
    try {
      const env = { NOTIFY_SOCKET: host.socket }
      // The program says nothing itself: the test does it in its place, through the directory it sees.
      box.config.process.args = ['sh', '-c', 'echo $NOTIFY_SOCKET > /tmp/name; sleep 60']
      t.equal(box.create([], { env }).status, 0)
      const started = spawn(
        process.env['RUNTIME'] ?? 'dist/tsrun',
        ['--root', box.state, 'start', box.id],
        { env: { ...process.env, ...env }, stdio: 'inherit' },
      )
      const { pid } = box.stateNow()!
      const socket = `/proc/${pid}/root/run/notify/notify.sock`
      t.ok(until(() => spawnSync('test', ['-S', socket]).status === 0))
      pause(200)
      t.equal(host.said(), '', 'nothing before it is ready')
      t.equal(
        spawnSync('python3', ['-c', say, 'READY=1\nSTATUS=x', socket], { stdio: 'inherit' }).status,
        0,
      )
      t.ok(until(() => host.said().startsWith(`READY=1\nMAINPID=${pid}\n`)))
      t.equal(readFileSync(`/proc/${pid}/root/tmp/name`, 'utf8'), '/run/notify/notify.sock\n')
      // Nobody reaps it meanwhile: a zombie has no descriptors.
      const hasEnded = (): boolean =>
        spawnSync('test', ['-e', `/proc/${started.pid}/fd/0`]).status === 1
      t.ok(until(hasEnded), 'start has ended')
    } finally {
      host.stop()
    }
  },
  { skip },
)
