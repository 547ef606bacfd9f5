/** config-linux.md#seccomp, SCMP_ACT_NOTIFY: the listener and the container process state that comes with it.
 * When it comes is the runtime's choice: with create or with start. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'
import { Listener } from './harness/socket.ts'
import { answer } from './harness/seccomp-agent.ts'
import type { Box } from './harness/box.ts'
import { textOf, until } from './harness/wait.ts'
import { close } from '../lib/sys/file.ts'

const architectures = [process.arch === 'x64' ? 'SCMP_ARCH_X86_64' : 'SCMP_ARCH_AARCH64']
const names = ['mkdir', 'mkdirat']
const differs = { crun: '1.8 takes the receiver from an annotation' }

const notify = (box: Box, more: object = {}): { path: string; listener: Listener } => {
  const path = join(box.directory, 'seccomp.sock')
  box.config.ociVersion = '1.1.0'
  box.config.linux['seccomp'] = {
    defaultAction: 'SCMP_ACT_ALLOW',
    architectures,
    listenerPath: path,
    syscalls: [{ names, action: 'SCMP_ACT_NOTIFY' }],
    ...more,
  }
  return { path, listener: new Listener(path) }
}

for (const noNewPrivileges of [true, false]) {
  conform(
    `the state, the metadata and one descriptor; noNewPrivileges ${noNewPrivileges}`,
    (t, box) => {
      const { listener } = notify(box, { listenerMetadata: 'some "words" ü' })
      box.config.process['noNewPrivileges'] = noNewPrivileges
      box.config['annotations'] = { 'org.example.a': 'b' }
      box.config.process.args = ['/bin/sh', '-c', 'mkdir /tmp/x 2>/tmp/error; sleep 100']
      const { status, stderr } = box.create()
      t.equal(status, 0, stderr)
      t.equal(box.start().status, 0)
      const delivery = listener.next()!
      t.equal(delivery.files.length, 1, 'one descriptor')
      t.equal(delivery.messagesWithFiles, 1, 'in one message')
      const state = JSON.parse(delivery.text)
      t.match(state, {
        ociVersion: /^1\./,
        fds: ['seccompFd'],
        pid: Number,
        metadata: 'some "words" ü',
        state: { ociVersion: /^1\./, id: box.id, status: /^creat/, bundle: box.bundle },
      })
      t.strictSame(state.state.annotations, { 'org.example.a': 'b' })
      t.equal(state.pid, box.stateNow()!.pid, 'the pid is the container’s, as seen from here')
      t.equal(state.state.pid, state.pid)
      t.equal(listener.next({ patience: 100 }), undefined, 'one connection')
      t.ok(answer(delivery.files[0]!, 28), 'a call arrives')
      const error = join(box.rootfs, 'tmp/error')
      until(() => textOf(error) !== '')
      t.match(textOf(error), /no space left/i, 'and gets the answer')
      close(delivery.files[0]!)
      listener.close()
    },
    { differs },
  )
}

conform(
  'exec sends a listener of its own, with the pid of its process',
  (t, box) => {
    const { listener } = notify(box, { listenerMetadata: 'm' })
    box.config.process.args = ['sleep', '100']
    box.create()
    box.start()
    const first = listener.next()!
    const exec = box.launch(['exec', box.id, '/bin/sh', '-c', 'mkdir /tmp/x && test ! -e /tmp/x'])
    const second = listener.next()!
    t.equal(second.files.length, 1)
    const state = JSON.parse(second.text)
    t.not(state.pid, box.stateNow()!.pid, 'not that of the first process')
    t.match(state, {
      fds: ['seccompFd'],
      metadata: 'm',
      state: { id: box.id, status: 'running', pid: box.stateNow()!.pid },
    })
    t.ok(answer(second.files[0]!, 28))
    exec.kill('SIGKILL')
    for (const file of [...first.files, ...second.files]) close(file)
    listener.close()
  },
  { differs: { ...differs, runc: '1.1 sends none for exec' } },
)

conform(
  'without metadata there is none',
  (t, box) => {
    const { listener } = notify(box)
    box.create()
    box.start()
    const delivery = listener.next()!
    t.notOk(JSON.parse(delivery.text).metadata)
    close(delivery.files[0]!)
    listener.close()
  },
  { differs },
)

conform(
  'the program has neither the listener nor the socket',
  (t, box) => {
    const { listener } = notify(box)
    box.config.process.args = [
      '/bin/sh',
      '-c',
      '(for f in /proc/1/fd/*; do echo ${f##*/}; done) > /tmp/fds; :',
    ]
    box.create()
    box.start()
    const delivery = listener.next()!
    t.ok(box.becomes('stopped'))
    t.equal(readFileSync(join(box.rootfs, 'tmp/fds'), 'utf8'), '0\n1\n2\n')
    close(delivery.files[0]!)
    listener.close()
  },
  { differs },
)

conform(
  'nobody listens: an error',
  (t, box) => {
    const { path, listener } = notify(box)
    listener.close()
    box.config.linux['seccomp'] = {
      ...(box.config.linux['seccomp'] as object),
      listenerPath: `${path}-of-nobody`,
    }
    t.not(box.run().status, 0)
    t.equal(box.stateNow(), undefined)
  },
  { differs },
)

for (const [name, more] of [
  ['metadata without a path', { listenerPath: '', listenerMetadata: 'x', syscalls: [] }],
  ['no path at all', { listenerPath: undefined }],
  ['a default that notifies', { defaultAction: 'SCMP_ACT_NOTIFY' }],
  [
    'write(2), which the runtime itself needs',
    {
      syscalls: [{ names: ['write'], action: 'SCMP_ACT_NOTIFY' }],
    },
  ],
] as const) {
  conform(
    `refused: ${name}`,
    (t, box) => {
      const { listener } = notify(box, more)
      const { status } = box.create()
      // A runtime that needs no write(2) any more may let it pass.
      t.ok(status > 0 || (name.startsWith('write') && status === 0), 'an error, and no hang')
      listener.close()
    },
    { differs: { ...differs, ...(name.startsWith('meta') && { runc: 'does not look' }) } },
  )
}

for (const name of ['sendto', 'recvfrom', 'close']) {
  conform(
    `${name} may be asked about, too`,
    (t, box) => {
      const syscalls = [{ names: [name], action: 'SCMP_ACT_NOTIFY' }]
      const { listener } = notify(box, { syscalls })
      box.config.process.args = ['sleep', '100']
      box.save()
      box.launch(['run', '--detach', '--bundle', box.bundle, box.id])
      const delivery = listener.next()!
      // Any of these may come from the runtime's own part of the way.
      for (let i = 0; i < 20 && answer(delivery.files[0]!, 0, 200); i++);
      t.equal(box.stateNow()?.status, 'running')
      for (const file of delivery.files) close(file)
      listener.close()
    },
    {
      differs: { ...differs, ...(name === 'close' && { runc: '1.1 closes it before it is sent' }) },
    },
  )
}

conform(
  'write may not: the listener could not be handed over',
  (t, box) => {
    const syscalls = [{ names: ['write'], action: 'SCMP_ACT_NOTIFY' }]
    const { listener } = notify(box, { syscalls })
    const { status, stderr } = box.sh('true')
    t.not(status, 0)
    t.match(stderr, /SCMP_ACT_NOTIFY cannot be used for the write syscall/)
    listener.close()
  },
  { differs },
)
