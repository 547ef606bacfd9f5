/** Programs, directories and variables that are legal and seldom, and what all runtimes agree on about them. */
import { chownSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'
import type { Box } from './harness/box.ts'

const PWD = '/bin/pwd; stat -c "%a %u" .'

for (const [name, cwd, prepare, expected] of [
  ['a link', '/link', (box: Box) => symlinkSync('/tmp', join(box.rootfs, 'link')), '/tmp\n'],
  ['.. and //', '/bin/..//../tmp/./', () => {}, '/tmp\n'],
  ['missing, made as root’s', '/a/b/c', () => {}, '/a/b/c\n755 0\n'],
  [
    'in a mount, missing there',
    '/vol/sub',
    (box: Box) => box.config.mounts.push({ destination: '/vol', type: 'tmpfs', source: 'x' }),
    '/vol/sub\n755 0\n',
  ],
  [
    'one that only the user may enter',
    '/private',
    (box: Box) => {
      mkdirSync(join(box.rootfs, 'private'), { mode: 0o700 })
      chownSync(join(box.rootfs, 'private'), 1000, 1000)
      box.config.process.user = { uid: 1000, gid: 1000 }
    },
    '/private\n700 1000\n',
  ],
] as const) {
  conform(`cwd: ${name}`, (t, box) => {
    prepare(box)
    box.config.process.cwd = cwd
    const { stdout, stderr } = box.sh(PWD)
    t.ok(stdout.startsWith(expected), `${stdout} ${stderr}`)
  })
}

for (const [name, cwd] of [
  ['a file', '/bin/busybox'],
  ['empty', ''],
] as const) {
  conform(`cwd: ${name} is refused`, (t, box) => {
    box.config.process.cwd = cwd
    t.not(box.run().status, 0)
    t.equal(box.stateNow(), undefined)
  })
}

conform(
  'PATH twice: the later one is searched',
  (t, box) => {
    box.config.process.env = ['PATH=/nowhere', 'PATH=/bin']
    box.config.process.args = ['echo', 'found']
    t.equal(box.run().stdout, 'found\n')
  },
  { differs: { crun: '1.8 passes both on' } },
)

conform('a name in PATH that may not be executed, and one behind it that may', (t, box) => {
  mkdirSync(join(box.rootfs, 'first'))
  writeFileSync(join(box.rootfs, 'first/echo'), 'text', { mode: 0o644 })
  box.config.process.env = ['PATH=/first:/bin']
  box.config.process.args = ['echo', 'found']
  t.equal(box.run().stdout, 'found\n')
})

conform('a program by a path from the working directory', (t, box) => {
  box.config.process.cwd = '/bin'
  box.config.process.args = ['./busybox', 'echo', 'found']
  t.equal(box.run().stdout, 'found\n')
})

for (const [name, content] of [
  ['a script without #!', 'echo hello\n'],
  ['an empty file', ''],
] as const) {
  conform(`${name} is no program`, (t, box) => {
    writeFileSync(join(box.rootfs, 'bin/it'), content, { mode: 0o755 })
    box.config.process.args = ['/bin/it']
    const { status, stderr } = box.run()
    t.not(status, 0)
    t.match(stderr, /exec format error/i)
  })
}

for (const [name, write] of [
  ['with nonsense in it', (path: string) => writeFileSync(path, '\0garbage\n:\n::\nroot:x\n')],
  ['that is a directory', (path: string) => mkdirSync(path)],
] as const) {
  conform(
    `/etc/passwd ${name} keeps nobody from starting`,
    (t, box) => {
      mkdirSync(join(box.rootfs, 'other'))
      write(join(box.rootfs, 'other/passwd'))
      box.config.mounts.push({
        destination: '/etc',
        source: join(box.rootfs, 'other'),
        type: 'bind',
        options: ['bind'],
      })
      box.config.process.user = { uid: 4321, gid: 1 }
      t.equal(box.sh('echo started').stdout, 'started\n')
    },
    { differs: { runc: '1.1 wants a file' } },
  )
}

conform(
  '/etc/passwd that leads to /proc is not read',
  (t, box) => {
    rmSync(join(box.rootfs, 'etc/passwd'))
    symlinkSync('/proc/1/cmdline', join(box.rootfs, 'etc/passwd'))
    box.config.process.args = ['sh', '-c', 'sleep 100; true', '\na:x:0:0:x:/from-proc:x\n']
    box.create()
    box.start()
    const { stdout, stderr } = box.call(['exec', box.id, 'sh', '-c', 'echo $HOME'])
    t.equal(stdout, '/\n', stderr)
  },
  { differs: { runc: 'reads it', crun: 'reads it' } },
)

conform(
  'a limit of 3 descriptors, and of 4 KiB of file',
  (t, box) => {
    box.config.process['rlimits'] = [
      { type: 'RLIMIT_NOFILE', soft: 3, hard: 3 },
      { type: 'RLIMIT_FSIZE', soft: 4096, hard: 4096 },
    ]
    t.equal(box.run().status, 0)
  },
  { differs: { runc: 'needs more itself', crun: 'needs more itself' } },
)

conform(
  'a thousand groups, some of them twice',
  (t, box) => {
    const gids = Array.from({ length: 1000 }, (_, i) => i + 1)
    box.config.process.user['additionalGids'] = [...gids, 5, 5]
    t.equal(box.sh('grep Groups /proc/self/status | wc -w').stdout, '1003\n')
  },
  { differs: { runc: '1.1 drops those that come twice' } },
)
