/** `--pidfd-socket` of create, run and exec; crun has the annotation run.oci.pidfd_receiver for it. */
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'
import { runtime, type Box } from './harness/box.ts'
import { textOf, until } from './harness/wait.ts'

const skip = spawnSync('python3', ['-c', '']).status !== 0 && 'needs python3 for a socket'

/** Writes the pids of the pidfds that arrive. */
const listener = `
import socket, sys, re, os
s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
s.bind(sys.argv[1]); s.listen(4)
out = open(sys.argv[2], 'w')
while True:
    c, _ = s.accept()
    data, fds, _, _ = socket.recv_fds(c, 4096, 4)
    for f in fds:
        out.write(re.search(r'Pid:\\s*(\\d+)', open('/proc/self/fdinfo/%d' % f).read()).group(1) + '\\n'); out.flush(); os.close(f)
    c.close()
`
const listen = (box: Box) => {
  const socket = join(box.directory, 'pidfd.sock')
  const file = join(box.directory, 'pids')
  const child = spawn('python3', ['-c', listener, socket, file], { stdio: 'inherit' })
  until(() => spawnSync('test', ['-S', socket]).status === 0)
  return {
    socket,
    pids: () => (until(() => textOf(file) !== ''), textOf(file).trim().split('\n').map(Number)),
    stop: () => child.kill('SIGKILL'),
  }
}
const isCrun = /crun/.test(runtime)

conform(
  'the pidfd of the first process',
  (t, box) => {
    const { socket, pids, stop } = listen(box)
    try {
      box.config.process.args = ['sleep', '60']
      if (isCrun) box.config['annotations'] = { 'run.oci.pidfd_receiver': socket }
      const { status, stderr } = box.create(isCrun ? [] : ['--pidfd-socket', socket])
      t.equal(status, 0, stderr)
      t.strictSame(pids(), [box.stateNow()!.pid])
    } finally {
      stop()
    }
  },
  { skip },
)

conform(
  'the pidfd of exec',
  (t, box) => {
    const { socket, pids, stop } = listen(box)
    try {
      box.config.process.args = ['sleep', '60']
      box.create()
      box.start()
      const file = join(box.directory, 'pid')
      box.call([
        'exec',
        '--detach',
        '--pid-file',
        file,
        '--pidfd-socket',
        socket,
        box.id,
        'sleep',
        '60',
      ])
      t.strictSame(pids(), [Number(readFileSync(file, 'utf8'))])
    } finally {
      stop()
    }
  },
  { skip: skip || (isCrun && 'crun has none') },
)

conform(
  'nobody listens: nothing is made',
  (t, box) => {
    const path = join(box.directory, 'none.sock')
    if (isCrun) box.config['annotations'] = { 'run.oci.pidfd_receiver': path }
    t.not(box.create(isCrun ? [] : ['--pidfd-socket', path]).status, 0)
    t.equal(box.stateNow(), undefined)
  },
  { skip },
)
