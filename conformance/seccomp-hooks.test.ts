/**
 * config.md#posix-platform-hooks with config-linux.md#seccomp: a startContainer hook is a program in the container as
 * the container's own is, and gets the same filter. All others are the host's and get none.
 */
import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { close } from '../lib/sys/file.ts'
import type { Box } from './harness/box.ts'
import { conform } from './harness/conform.ts'
import { BUSYBOX } from './harness/rootfs.ts'
import { answer } from './harness/seccomp-agent.ts'
import { Listener } from './harness/socket.ts'

const architectures = [process.arch === 'x64' ? 'SCMP_ARCH_X86_64' : 'SCMP_ARCH_AARCH64']
const syscalls = (action: string): readonly object[] => [{ names: ['mkdir', 'mkdirat'], action }]

const filter = (action: string): object => ({
  defaultAction: 'SCMP_ACT_ALLOW',
  architectures,
  syscalls: syscalls(action),
})

const sh = (path: string, script: string): object => ({ path, args: ['sh', '-c', script] })
const inContainer = (script: string): object => ({
  startContainer: [sh('/bin/busybox', script)],
})

const seccompOf = (text: string): string | undefined => /Seccomp:\s*(\d)/.exec(text)?.[1]
const read = (box: Box, name: string): string => readFileSync(join(box.rootfs, 'tmp', name), 'utf8')

for (const noNewPrivileges of [true, false]) {
  for (const uid of [0, 1000]) {
    conform(
      `the filter holds for the hook; noNewPrivileges ${noNewPrivileges}, uid ${uid}`,
      (t, box) => {
        box.config.linux['seccomp'] = filter('SCMP_ACT_ERRNO')
        box.config.process['noNewPrivileges'] = noNewPrivileges
        box.config.process.user = { uid, gid: uid }
        chmodSync(join(box.rootfs, 'tmp'), 0o1777)
        box.config['hooks'] = inContainer(
          'mkdir /tmp/x || cat /proc/self/status > /tmp/status; test ! -e /tmp/x',
        )
        const { status, stderr } = box.sh('true')
        t.equal(status, 0, stderr)
        const found = read(box, 'status')
        t.equal(seccompOf(found), '2')
        t.match(found, new RegExp(`NoNewPrivs:\\s*${noNewPrivileges ? 1 : 0}`))
        if (uid !== 0) t.match(found, /CapEff:\s*0+\n/, 'what loads the filter is given up')
      },
      { differs: { runc: '1.1 runs the hook as root', crun: 'runs the hook as root' } },
    )
  }
}

conform('a hook that the filter kills has failed', (t, box) => {
  box.config.linux['seccomp'] = filter('SCMP_ACT_KILL_PROCESS')
  box.config['hooks'] = inContainer('mkdir /tmp/x')
  const { status, stderr } = box.sh('touch /tmp/ran')
  t.not(status, 0)
  t.match(stderr, /bad system call|SIGSYS|signal 31/i)
  t.notOk(existsSync(join(box.rootfs, 'tmp/ran')), 'the program does not run')
})

conform('with create and start', (t, box) => {
  box.config.linux['seccomp'] = filter('SCMP_ACT_ERRNO')
  box.config['hooks'] = inContainer('cat /proc/self/status > /tmp/status')
  box.config.process.args = ['sleep', '100']
  t.equal(box.create().status, 0)
  t.equal(box.start().status, 0)
  t.equal(seccompOf(read(box, 'status')), '2')
})

conform('hooks of the host have none', (t, box) => {
  box.config.linux['seccomp'] = filter('SCMP_ACT_ERRNO')
  const to = (name: string): object =>
    sh(BUSYBOX, `cat /proc/self/status > ${join(box.rootfs, 'tmp', name)}`)
  const points = ['prestart', 'createRuntime', 'createContainer', 'poststart', 'poststop']
  box.config['hooks'] = Object.fromEntries(points.map((point) => [point, [to(point)]]))
  t.equal(box.sh('true').status, 0)
  for (const point of points) t.equal(seccompOf(read(box, point)), '0', point)
})

conform(
  'a listener hears of the hook’s calls',
  (t, box) => {
    const path = join(box.directory, 'seccomp.sock')
    box.config.ociVersion = '1.1.0'
    box.config.linux['seccomp'] = { ...filter('SCMP_ACT_NOTIFY'), listenerPath: path }
    box.config['hooks'] = inContainer('mkdir /tmp/x 2> /tmp/error; true')
    box.config.process.args = ['sleep', '100']
    const listener = new Listener(path)
    box.save()
    box.launch(['run', '--detach', '--bundle', box.bundle, box.id])
    const { files, text } = listener.next()!
    t.equal(JSON.parse(text).state.status.slice(0, 5), 'creat')
    t.ok(answer(files[0]!, 28), 'a call arrives')
    t.ok(box.becomes('running'))
    t.match(read(box, 'error'), /no space left/i, 'and gets the answer')
    for (const file of files) close(file)
    listener.close()
  },
  {
    differs: {
      crun: '1.8 takes the receiver from an annotation',
      runc: '1.1 does not send it while it waits for the hook',
    },
  },
)

conform(
  'nobody to take the listener: the hook does not run',
  (t, box) => {
    box.config.ociVersion = '1.1.0'
    const listenerPath = join(box.directory, 'nobody.sock')
    box.config.linux['seccomp'] = { ...filter('SCMP_ACT_NOTIFY'), listenerPath }
    box.config['hooks'] = inContainer('touch /tmp/ran')
    const { status, stderr } = box.sh('true')
    t.not(status, 0)
    t.match(stderr, /failed to connect with seccomp agent/)
    t.notOk(existsSync(join(box.rootfs, 'tmp/ran')))
  },
  { differs: { crun: '1.8 takes the receiver from an annotation' } },
)
