/** config.md#mounts: every option that a runtime must know, and where things may be mounted. */
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'

/** The options of the mount at /mnt: its own, its propagation, the file system's. */
const LINE = 'grep " /mnt " /proc/self/mountinfo | tail -1'

interface Option {
  readonly options: readonly string[]
  /** The line of mountinfo has this… */
  readonly shows?: RegExp
  /** … and not that. */
  readonly hides?: RegExp
}

const filesystemOptions: readonly Option[] = [
  { options: ['defaults'], shows: / rw,relatime /, hides: /nosuid/ },
  { options: ['ro'], shows: / ro[, ]/ },
  { options: ['ro', 'rw'], shows: / rw[, ]/, hides: / ro[, ]/ },
  { options: ['rw', 'ro'], shows: / ro[, ]/ },
  { options: ['nosuid'], shows: /nosuid/ },
  { options: ['nosuid', 'suid'], hides: /nosuid/ },
  { options: ['nodev'], shows: /nodev/ },
  { options: ['nodev', 'dev'], hides: /nodev/ },
  { options: ['noexec'], shows: /noexec/ },
  { options: ['noexec', 'exec'], hides: /noexec/ },
  { options: ['sync'], shows: / - tmpfs \S+ \S*sync/ },
  { options: ['sync', 'async'], hides: / - tmpfs \S+ \S*sync/ },
  { options: ['dirsync'], shows: / - tmpfs \S+ \S*dirsync/ },
  { options: ['noatime'], shows: /noatime/ },
  { options: ['noatime', 'atime'], hides: /noatime/ },
  { options: ['nodiratime'], shows: /nodiratime/ },
  { options: ['nodiratime', 'diratime'], hides: /nodiratime/ },
  { options: ['relatime'], shows: /relatime/ },
  { options: ['strictatime'], hides: /relatime|noatime/ },
  { options: ['noatime', 'norelatime'], shows: /noatime/ },
  { options: ['strictatime', 'nostrictatime'], shows: /relatime/ },
  { options: ['lazytime'], shows: /lazytime/ },
  { options: ['lazytime', 'nolazytime'], hides: /lazytime/ },
  { options: ['loud'], shows: / \/mnt / },
  { options: ['silent'], shows: / \/mnt / },
  { options: ['noiversion'], shows: / \/mnt / },
  { options: ['iversion', 'noiversion'], shows: / \/mnt / },
  { options: ['private'], hides: /shared:|master:|unbindable/ },
  { options: ['rprivate'], hides: /shared:|master:|unbindable/ },
  { options: ['shared'], shows: /shared:/ },
  { options: ['rshared'], shows: /shared:/ },
  { options: ['slave'], hides: /shared:/ },
  { options: ['rslave'], hides: /shared:/ },
  { options: ['unbindable'], shows: /unbindable/ },
  { options: ['runbindable'], shows: /unbindable/ },
  {
    options: ['nosuid', 'size=64k', 'mode=700'],
    shows: /nosuid.* - tmpfs \S+ \S*size=64k,mode=700/,
  },
]
for (const { options, shows, hides } of filesystemOptions) {
  conform(`tmpfs with ${options}`, (t, box) => {
    box.config.mounts.push({
      destination: '/mnt',
      type: 'tmpfs',
      source: 'x',
      options: [...options],
    })
    const { status, stdout, stderr } = box.sh(LINE)
    t.equal(status, 0, stderr)
    if (shows) t.match(stdout, shows)
    if (hides) t.notMatch(stdout, hides)
  })
}

const bindOptions: readonly Option[] = [
  { options: ['bind'], shows: / rw/ },
  { options: ['rbind'], shows: / rw/ },
  { options: ['bind', 'ro'], shows: / \/mnt ro/ },
  { options: ['rbind', 'ro'], shows: / \/mnt ro/ },
  { options: ['bind', 'nosuid', 'nodev', 'noexec'], shows: /nosuid,nodev,noexec/ },
  { options: ['bind', 'noatime'], shows: /noatime/ },
  { options: ['bind', 'shared'], shows: /shared:/ },
  { options: ['bind', 'private'], hides: /shared:|master:/ },
  { options: ['rbind', 'rprivate'], hides: /shared:|master:/ },
  { options: ['rbind', 'rslave', 'ro'], shows: / \/mnt ro/, hides: /shared:/ },
]
for (const { options, shows, hides } of bindOptions) {
  conform(`bind mount with ${options}`, (t, box) => {
    const source = join(box.directory, 'source')
    mkdirSync(source)
    box.config.mounts.push({ destination: '/mnt', source, options: [...options] })
    const { status, stdout, stderr } = box.sh(LINE)
    t.equal(status, 0, stderr)
    if (shows) t.match(stdout, shows)
    if (hides) t.notMatch(stdout, hides)
  })
}

conform('remount changes what is mounted', (t, box) => {
  box.config.mounts.push(
    { destination: '/mnt', type: 'tmpfs', source: 'x' },
    { destination: '/mnt', type: 'tmpfs', source: 'x', options: ['remount', 'ro'] },
  )
  const { status, stdout, stderr } = box.sh(LINE)
  t.equal(status, 0, stderr)
  t.match(stdout, / ro[, ]/)
})

for (const [options, inner] of [
  [['rbind', 'rro'], / ro/],
  [['rbind', 'rnosuid'], /nosuid/],
  [['rbind', 'rnodev'], /nodev/],
  [['rbind', 'rnoexec'], /noexec/],
  [['rbind', 'rnoatime'], /noatime/],
  [['rbind', 'rro', 'rrw'], / rw/],
] as const) {
  conform(`${options} reach the mounts below`, (t, box) => {
    const source = join(box.rootfs, 'tree')
    mkdirSync(join(source, 'below'), { recursive: true })
    box.config.mounts.push({ destination: '/mnt', source: '/dev', options: [...options] })
    const { status, stdout, stderr } = box.sh('grep " /mnt" /proc/self/mountinfo')
    t.equal(status, 0, stderr)
    const lines = stdout.trim().split('\n')
    for (const line of lines)
      t.match(line.split(' ')[5] === undefined ? '' : ` ${line.split(' ')[5]}`, inner, line)
  })
}

conform('ro of a recursive bind stays on top', (t, box) => {
  box.config.mounts.push({ destination: '/mnt', source: '/dev', options: ['rbind', 'ro'] })
  const { stdout } = box.sh('grep " /mnt" /proc/self/mountinfo')
  t.match(stdout, / \/mnt ro/)
})

conform('tmpcopyup', (t, box) => {
  writeFileSync(join(box.rootfs, 'mnt/file'), 'text')
  mkdirSync(join(box.rootfs, 'mnt/directory'))
  symlinkSync('file', join(box.rootfs, 'mnt/link'))
  box.config.mounts.push({
    destination: '/mnt',
    type: 'tmpfs',
    source: 'x',
    options: ['tmpcopyup'],
  })
  const { status, stdout, stderr } = box.sh(
    `cat /mnt/link; readlink /mnt/link; test -d /mnt/directory && echo more >> /mnt/file; ${LINE}`,
  )
  t.equal(status, 0, stderr)
  t.match(stdout, /^textfile\n.* - tmpfs/)
  t.equal(readFileSync(join(box.rootfs, 'mnt/file'), 'utf8'), 'text', 'the original is unchanged')
})

conform('a file', (t, box) => {
  const source = join(box.directory, 'source')
  writeFileSync(source, 'text')
  box.config.mounts.push({ destination: '/etc/made', source, options: ['bind'] })
  t.equal(box.sh('cat /etc/made').stdout, 'text', 'on a target that had to be made')
  box.config.mounts.push({ destination: '/etc/passwd', source, options: ['bind', 'ro'] })
  t.equal(box.sh('cat /etc/passwd').stdout, 'text', 'on an existing one')
})

conform('type “bind” without an option', (t, box) => {
  const source = join(box.directory, 'source')
  mkdirSync(source)
  writeFileSync(join(source, 'file'), 'text')
  box.config.mounts.push({ destination: '/mnt', type: 'bind', source, options: [] })
  const { status, stdout } = box.sh('cat /mnt/file')
  t.ok(status !== 0 || stdout === 'text', 'works or is refused')
})

conform('a relative source is meant from the bundle', (t, box) => {
  mkdirSync(join(box.bundle, 'source'))
  writeFileSync(join(box.bundle, 'source/file'), 'text')
  box.config.mounts.push({ destination: '/mnt', source: 'source', options: ['bind'] })
  t.equal(box.sh('cat /mnt/file').stdout, 'text')
})

conform('missing directories are made', (t, box) => {
  box.config.mounts.push({ destination: '/a/b/c', type: 'tmpfs', source: 'x' })
  t.equal(box.sh('grep " /a/b/c " /proc/self/mountinfo').status, 0)
})

conform('a source that does not exist', (t, box) => {
  box.config.mounts.push({ destination: '/mnt', source: '/no/such', options: ['bind'] })
  t.not(box.create().status, 0)
  t.equal(box.stateNow(), undefined)
})

conform('an unknown file system', (t, box) => {
  box.config.mounts.push({ destination: '/mnt', type: 'nosuchfs', source: 'x' })
  t.not(box.create().status, 0)
  t.equal(box.stateNow(), undefined)
})

conform('an option the file system does not know', (t, box) => {
  box.config.mounts.push({ destination: '/mnt', type: 'tmpfs', source: 'x', options: ['colour=7'] })
  t.not(box.create().status, 0)
  t.equal(box.stateNow(), undefined)
})

conform('mounts are made in the order of the list', (t, box) => {
  box.config.mounts.push(
    { destination: '/mnt', type: 'tmpfs', source: 'first' },
    { destination: '/mnt/in', type: 'tmpfs', source: 'second' },
    { destination: '/mnt', type: 'tmpfs', source: 'third' },
  )
  const { stdout } = box.sh('grep " /mnt" /proc/self/mountinfo')
  t.match(stdout, /first[^]*second[^]*third/)
})

conform('a symlink on the way leads to places in the container', (t, box) => {
  symlinkSync('/tmp', join(box.rootfs, 'link'))
  box.config.mounts.push({ destination: '/link/x', type: 'tmpfs', source: 'x' })
  t.equal(box.sh('grep " /tmp/x " /proc/self/mountinfo').status, 0)
})

conform('symlinks never lead out', (t, box) => {
  const outside = join(box.directory, 'outside')
  symlinkSync(outside, join(box.rootfs, 'absolute'))
  symlinkSync('../../outside', join(box.rootfs, 'relative'))
  for (const name of ['absolute', 'relative']) {
    box.config.mounts.push({ destination: `/${name}/x`, type: 'tmpfs', source: 'x' })
  }
  box.sh('true')
  t.notOk(existsSync(outside), 'nothing is made on the host')
})

conform('a relative destination', (t, box) => {
  box.config.mounts.push({ destination: 'mnt', type: 'tmpfs', source: 'x' })
  const { status, stdout } = box.sh('grep " /mnt " /proc/self/mountinfo')
  t.ok(status !== 0 || / \/mnt /.test(stdout), 'is taken from / or refused')
})

conform('a destination with .. ends in the container', (t, box) => {
  box.config.mounts.push({ destination: '/../../../mnt', type: 'tmpfs', source: 'x' })
  t.match(box.sh('cat /proc/self/mountinfo').stdout, / \/mnt /)
})

conform('a mount the container makes stays in it', (t, box) => {
  box.config.process['capabilities'] = {
    bounding: ['CAP_SYS_ADMIN'],
    effective: ['CAP_SYS_ADMIN'],
    permitted: ['CAP_SYS_ADMIN'],
  }
  t.equal(box.sh('mount -t tmpfs x /mnt').status, 0)
  t.notMatch(readFileSync('/proc/self/mountinfo', 'utf8'), box.rootfs)
})

conform('mqueue', (t, box) => {
  box.config.mounts.push({
    destination: '/dev/mqueue',
    type: 'mqueue',
    source: 'mqueue',
    options: ['nosuid', 'noexec', 'nodev'],
  })
  t.equal(box.sh('grep " /dev/mqueue .* - mqueue" /proc/self/mountinfo').status, 0)
})

conform('cgroup', (t, box) => {
  box.config.mounts.push({
    destination: '/sys/fs/cgroup',
    type: 'cgroup',
    source: 'cgroup',
    options: ['nosuid', 'noexec', 'nodev', 'relatime', 'ro'],
  })
  box.config.linux.namespaces.push({ type: 'cgroup' })
  const { status, stdout, stderr } = box.sh(
    'grep /sys/fs/cgroup /proc/self/mountinfo; cat /proc/self/cgroup; touch /sys/fs/cgroup/x',
  )
  t.not(status, 0, 'readonly')
  t.match(stdout, /cgroup/, stderr)
})

conform(
  'a bind mount with an option that nobody knows: told, or refused',
  (t, box) => {
    box.config.mounts.push({
      destination: '/mnt',
      source: '/usr',
      type: 'bind',
      options: ['bind', 'colour'],
    })
    const { stderr } = box.run()
    t.match(stderr, /colour/)
  },
  { differs: { runc: '1.1 passes over it', crun: 'passes over it' } },
)
