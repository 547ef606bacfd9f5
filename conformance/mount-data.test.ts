/** config.md#mounts: what the file system itself is told, its own options and its source. */
import {
  chownSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
  chmodSync,
} from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'

const LINE = 'grep " /mnt " /proc/self/mountinfo | tail -1'

for (const [options, expected] of [
  [['size=1m'], / - tmpfs \S+ \S*size=1024k/],
  [['size=25%'], / - tmpfs \S+ \S*size=\d+k/],
  [['nr_inodes=17'], /nr_inodes=17/],
  [['mode=01777'], /./],
  [['mode=0700', 'uid=5', 'gid=6'], /mode=700.*uid=5.*gid=6/],
  [['size=1m,nr_inodes=17'], /size=1024k.*nr_inodes=17/],
  [['mand', 'nomand'], / \/mnt /],
] as const) {
  conform(`tmpfs with ${options}`, (t, box) => {
    box.config.mounts.push({
      destination: '/mnt',
      type: 'tmpfs',
      source: 'x',
      options: [...options],
    })
    const { status, stdout, stderr } = box.sh(LINE)
    t.equal(status, 0, stderr)
    t.match(stdout, expected)
  })
}

conform(
  'the mode of a tmpfs',
  (t, box) => {
    box.config.mounts.push({
      destination: '/mnt',
      type: 'tmpfs',
      source: 'x',
      options: ['mode=1750', 'gid=7'],
    })
    t.equal(box.sh('stat -c "%a %u %g" /mnt').stdout, '1750 0 7\n')
  },
  { differs: { runc: '1.1 gives it the mode of the directory below' } },
)

conform('a tmpfs without a mode has that of the directory below, or the kernel’s', (t, box) => {
  chmodSync(join(box.rootfs, 'mnt'), 0o711)
  box.config.mounts.push({ destination: '/mnt', type: 'tmpfs', source: 'tmpfs' })
  t.match(box.sh('stat -c "%a" /mnt').stdout, /^(711|1777)\n$/)
})

conform(
  'what it takes from there is one of its options',
  (t, box) => {
    chmodSync(join(box.rootfs, 'mnt'), 0o711)
    box.config.mounts.push({ destination: '/mnt', type: 'tmpfs', source: 'tmpfs' })
    t.match(box.sh(LINE).stdout, / - tmpfs \S+ \S*mode=711/)
  },
  { differs: { crun: 'gives it the kernel’s', runc: '1.1 changes the mode afterwards' } },
)

conform('the size of a tmpfs bites', (t, box) => {
  box.config.mounts.push({ destination: '/mnt', type: 'tmpfs', source: 'x', options: ['size=64k'] })
  const { status, stderr } = box.sh('dd if=/dev/zero of=/mnt/x bs=1k count=100')
  t.not(status, 0)
  t.match(stderr, /no space/i)
})

conform('the source of a file system without a device is only a name', (t, box) => {
  box.config.mounts.push({ destination: '/mnt', type: 'tmpfs', source: 'a name' })
  t.match(box.sh(LINE).stdout, / - tmpfs a\\040name /)
})

conform('a mount without source and options', (t, box) => {
  box.config.mounts.push({ destination: '/mnt', type: 'tmpfs' })
  const { status, stderr } = box.sh(LINE)
  t.equal(status, 0, stderr)
})

for (const type of ['none', 'bind', 'nonsense', '']) {
  conform(`the type “${type}” does not matter where the options say bind`, (t, box) => {
    const source = join(box.directory, 'source')
    mkdirSync(source)
    writeFileSync(join(source, 'file'), 'text')
    box.config.mounts.push({ destination: '/mnt', type, source, options: ['bind'] })
    const { stdout, stderr } = box.sh('cat /mnt/file')
    t.equal(stdout, 'text', stderr)
  })
}

conform('a read-only bind of a file', (t, box) => {
  const source = join(box.directory, 'source')
  writeFileSync(source, 'text')
  box.config.mounts.push({ destination: '/mnt/file', source, options: ['bind', 'ro'] })
  const { status, stdout } = box.sh('cat /mnt/file; echo x > /mnt/file')
  t.not(status, 0)
  t.equal(stdout, 'text')
  t.equal(readFileSync(source, 'utf8'), 'text')
})

conform('a bind of a device, a socket’s directory, a FIFO', (t, box) => {
  box.config.mounts.push({ destination: '/dev/mynull', source: '/dev/null', options: ['bind'] })
  const { status, stdout, stderr } = box.sh('echo x > /dev/mynull && stat -c %F /dev/mynull')
  t.equal(status, 0, stderr)
  t.equal(stdout, 'character special file\n')
})

conform('a bind onto itself', (t, box) => {
  box.config.mounts.push({ destination: '/mnt', source: box.rootfs, options: ['bind'] })
  const { status, stdout, stderr } = box.sh('ls /mnt; ls /mnt/mnt')
  t.equal(status, 0, stderr)
  t.match(stdout, /^bin$/m)
})

conform('procfs with its own options', (t, box) => {
  box.config.mounts[0]!.options = ['hidepid=2', 'nosuid', 'noexec', 'nodev']
  t.match(
    box.sh('grep " /proc " /proc/self/mountinfo').stdout,
    /nosuid,nodev,noexec.*hidepid=(2|invisible)/,
  )
})

conform(
  '/proc can be read-only',
  (t, box) => {
    box.config.mounts[0]!.options = ['ro']
    box.config.linux['sysctl'] = { 'kernel.shmmax': '12345' }
    const { status, stdout, stderr } = box.sh(
      'cat /proc/sys/kernel/shmmax; echo 1 > /proc/sys/kernel/shmmax',
    )
    t.not(status, 0, 'it may not be written')
    t.equal(stdout, '12345\n', stderr)
  },
  { differs: { runc: '1.1 writes sysctls through the mount of the config', crun: 'the same' } },
)

conform('two mounts on one place: the later one is seen', (t, box) => {
  const source = join(box.directory, 'source')
  mkdirSync(source)
  writeFileSync(join(source, 'file'), 'text')
  box.config.mounts.push(
    { destination: '/mnt', type: 'tmpfs' },
    { destination: '/mnt', source, options: ['bind'] },
  )
  t.equal(box.sh('cat /mnt/file').stdout, 'text')
})

conform('a directory that had to be made is one of root’s, and stays', (t, box) => {
  box.config.mounts.push({ destination: '/new/place', type: 'tmpfs' })
  box.sh('true')
  t.match(statSync(join(box.rootfs, 'new/place')), { uid: 0, gid: 0 })
  t.equal(statSync(join(box.rootfs, 'new/place')).mode & 0o777, 0o755)
})

conform('ro comes last: the file system is filled before', (t, box) => {
  box.config.mounts.push(
    { destination: '/mnt', type: 'tmpfs', source: 'x', options: ['ro'] },
    { destination: '/mnt2', type: 'tmpfs', source: 'x', options: ['ro', 'tmpcopyup'] },
  )
  mkdirSync(join(box.rootfs, 'mnt2'))
  writeFileSync(join(box.rootfs, 'mnt2/file'), 'text')
  const { stdout, stderr } = box.sh('cat /mnt2/file; touch /mnt/x /mnt2/x')
  t.equal(stdout, 'text')
  t.match(stderr, /mnt\/x.*read-only[^]*mnt2\/x.*read-only/i)
})

conform('/dev may be read-only', (t, box) => {
  box.config.mounts[1]!.options = ['nosuid', 'ro', 'mode=755']
  const { status, stdout, stderr } = box.sh(
    'echo x > /dev/null && readlink /dev/fd && touch /dev/x',
  )
  t.not(status, 0, stderr)
  t.equal(stdout, '/proc/self/fd\n', 'with all that belongs in it')
})

conform('tmpcopyup of names that are no UTF-8', (t, box) => {
  const name = Buffer.from('x\xff', 'latin1')
  const slash = Buffer.from(`${box.rootfs}/mnt/`)
  writeFileSync(Buffer.concat([slash, name]), 'text')
  symlinkSync(name, Buffer.concat([slash, Buffer.from('link')]))
  box.config.mounts.push({
    destination: '/mnt',
    type: 'tmpfs',
    source: 'x',
    options: ['tmpcopyup'],
  })
  const { status, stdout, stderr } = box.sh('cat /mnt/link')
  t.equal(status, 0, stderr)
  t.equal(stdout, 'text')
})

conform('tmpcopyup keeps owners, modes and times', (t, box) => {
  mkdirSync(join(box.rootfs, 'mnt/d'), { mode: 0o705 })
  writeFileSync(join(box.rootfs, 'mnt/d/f'), 'text', { mode: 0o604 })
  chownSync(join(box.rootfs, 'mnt/d/f'), 3, 4)
  chownSync(join(box.rootfs, 'mnt/d'), 5, 6)
  const options = ['tmpcopyup', 'size=1m']
  box.config.mounts.push({ destination: '/mnt', type: 'tmpfs', source: 'x', options })
  t.equal(
    box.sh('cd /mnt; stat -c "%n %a %u %g %F" d d/f; grep " /mnt " /proc/self/mountinfo | wc -l')
      .stdout,
    'd 705 5 6 directory\nd/f 604 3 4 regular file\n1\n',
  )
})
