/** config.md#root: where it is, whether it may be written, that it is all there is. */
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'

conform('a relative path is meant from the bundle', (t, box) => {
  t.equal(box.sh('test -e /bin/busybox').status, 0)
})

conform('an absolute path', (t, box) => {
  box.config.root.path = box.rootfs
  t.equal(box.sh('test -e /bin/busybox').status, 0)
})

conform('a path with .. and .', (t, box) => {
  box.config.root.path = '../bundle/./rootfs'
  t.equal(box.sh('test -e /bin/busybox').status, 0)
})

conform('a writable root', (t, box) => {
  t.equal(box.sh('echo x > /tmp/file').status, 0)
  t.equal(readFileSync(join(box.rootfs, 'tmp/file'), 'utf8'), 'x\n')
})

conform('a readonly root', (t, box) => {
  box.config.root.readonly = true
  const { status, stderr } = box.sh('echo x > /tmp/file')
  t.not(status, 0)
  t.match(stderr, /read-only/i)
  t.notOk(existsSync(join(box.rootfs, 'tmp/file')))
  t.equal(box.sh('echo x > /dev/shm/file').status, 0, 'mounts in it stay writable')
})

conform('nothing of the host is mounted in the container', (t, box) => {
  const { stdout } = box.sh('cat /proc/self/mountinfo')
  const points = stdout.split('\n').map((line) => line.split(' ')[4] ?? '')
  t.notOk(
    points.some((point) => point.includes(box.bundle)),
    'no mount point of the host',
  )
  t.match(stdout.split('\n')[0], / \/ \/ | \S+ \/ /, 'the root comes first')
  t.equal(box.sh('ls -a /').stdout.split('\n').includes('.'), true)
})

conform('/.. is /', (t, box) => {
  t.equal(
    box
      .sh('ls / > /tmp/a; ls /.. > /tmp/b; cmp /tmp/a /tmp/b || diff /tmp/a /tmp/b; cd /..; pwd')
      .stdout.trim()
      .split('\n')
      .pop(),
    '/',
  )
})

for (const flag of ['--no-pivot']) {
  conform(flag, (t, box) => {
    const { status, stdout, stderr } = box.sh('ls /; cut -d" " -f5 /proc/self/mountinfo', {
      flags: [flag],
    })
    t.equal(status, 0, stderr)
    t.match(stdout, /^bin$/m)
    t.notMatch(stdout, box.bundle)
  })
}

conform('a mount in the root filesystem is there inside', (t, box) => {
  const source = join(box.directory, 'source')
  mkdirSync(source)
  writeFileSync(join(source, 'file'), 'text')
  box.config.mounts.push({ destination: '/mnt', source, options: ['rbind'] })
  t.equal(box.sh('cat /mnt/file').stdout, 'text')
})

conform('a symlink in place of the last component', (t, box) => {
  symlinkSync('rootfs', join(box.bundle, 'link'))
  box.config.root.path = 'link'
  const { status } = box.sh('test -e /bin/busybox')
  t.ok(status === 0 || status === 1, 'works or is refused')
})

for (const [value, shown] of [
  ['private', /^(?!.*(shared|master):)/],
  ['slave', /^(?!.*shared:)/],
  ['shared', /shared:/],
  ['unbindable', /unbindable/],
] as const) {
  conform(`rootfsPropagation ${value}`, (t, box) => {
    box.config.linux['rootfsPropagation'] = value
    const { status, stdout, stderr } = box.sh('head -1 /proc/self/mountinfo')
    t.equal(status, 0, stderr)
    t.match(stdout.split(' - ')[0], shown)
  })
}
