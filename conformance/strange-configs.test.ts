/** Configs that nobody writes by hand, and all of which are legal. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'
import { textOf, until } from './harness/wait.ts'
import { removeNamespace } from './harness/config.ts'

conform('an environment of 1 MB', (t, box) => {
  // A single string may have 128 KiB, all together a quarter of the stack's limit.
  for (let i = 0; i < 10; i++) box.config.process.env.push(`LONG${i}=${'x'.repeat(100_000)}`)
  const { status, stdout, stderr } = box.sh('echo ${#LONG0} ${#LONG9}')
  t.equal(stdout, '100000 100000\n', `${status} ${stderr}`)
})

conform('a string of the environment that the kernel refuses', (t, box) => {
  box.config.process.env.push(`LONG=${'x'.repeat(200_000)}`)
  const { status, stderr } = box.run()
  t.not(status, 0)
  t.match(stderr, /too long|E2BIG|argument list/i)
  t.equal(box.stateNow(), undefined)
})

conform('10,000 variables and 10,000 arguments', (t, box) => {
  for (let i = 0; i < 10_000; i++) box.config.process.env.push(`V${i}=${i}`)
  box.config.process.args = ['/bin/sh', '-c', 'echo $# $V9999', ...Array(10_001).fill('a')]
  const { status, stdout, stderr } = box.run()
  t.equal(stdout, '10000 9999\n', `${status} ${stderr.slice(0, 300)}`)
})

conform(
  'the same variable twice: the program sees one value, the later one',
  (t, box) => {
    box.config.process.env.push('A=1', 'A=2')
    t.equal(box.sh('echo $A').stdout, '2\n')
  },
  { differs: { crun: '1.8 passes both, and the shell takes the first' } },
)

conform('variables without a name, without =, with a newline', (t, box) => {
  box.config.process.env.push('N=a\nb', 'U=ü', 'E=')
  t.equal(box.sh('echo "$N|$U|$E|"').stdout, 'a\nb|ü||\n')
})

conform('empty arguments, and an empty first one', (t, box) => {
  box.config.process.args = ['/bin/sh', '-c', 'echo "$#,$1,$2"', '', '', '']
  t.equal(box.run().stdout, '2,,\n')
  box.config.process.args = ['']
  t.not(box.run().status, 0)
  t.equal(box.stateNow(), undefined)
})

conform('1,000 mounts', (t, box) => {
  for (let i = 0; i < 1000; i++) {
    box.config.mounts.push({
      destination: `/mnt/${i}`,
      type: 'tmpfs',
      source: `number-${i}`,
      options: ['size=4k'],
    })
  }
  const { status, stdout, stderr } = box.sh('grep -c number- /proc/self/mountinfo')
  t.equal(stdout, '1000\n', `${status} ${stderr.slice(0, 300)}`)
})

conform('1,000 masked and read-only paths', (t, box) => {
  mkdirSync(join(box.rootfs, 'many'))
  const paths: string[] = []
  for (let i = 0; i < 500; i++) {
    writeFileSync(join(box.rootfs, `many/f${i}`), 'text')
    mkdirSync(join(box.rootfs, `many/d${i}`))
    writeFileSync(join(box.rootfs, `many/d${i}/f`), 'text')
    paths.push(`/many/f${i}`, `/many/d${i}`)
  }
  box.config.linux['maskedPaths'] = paths
  box.config.linux['readonlyPaths'] = ['/many', ...paths]
  const { status, stdout, stderr } = box.sh(
    'cat /many/f0 /many/f499; ls /many/d0 /many/d499 | grep f; echo end',
  )
  t.equal(stdout.replaceAll(/\/many.*\n|^\n/gm, ''), 'end\n', `${status} ${stderr.slice(0, 300)}`)
})

for (const name of [
  'with space',
  'tab\there',
  'newline\nhere',
  'ünï-中文-😀',
  'back\\slash',
  '$(touch x)',
  'quote\'"',
  '%s%n',
  '-rf',
  'x'.repeat(250),
  'a:b,c=d',
  '#hash',
  '*?[a]',
]) {
  conform(`a mount on “${JSON.stringify(name).slice(1, 30)}”`, (t, box) => {
    const source = join(box.directory, name)
    mkdirSync(source)
    writeFileSync(join(source, 'file'), 'text')
    box.config.mounts.push(
      { destination: `/mnt/${name}`, source, options: ['rbind', 'ro'] },
      { destination: `/tmp/${name}`, type: 'tmpfs', source: 'x' },
    )
    box.config.linux['readonlyPaths'] = [`/tmp/${name}`]
    box.config.process.args = ['cat', `/mnt/${name}/file`]
    const { status, stdout, stderr } = box.run()
    t.equal(stdout, 'text', `${status} ${stderr}`)
  })
}

conform('a bundle and a root with strange names', (t, box) => {
  const bundle = join(box.directory, 'a bundle, "ü"\n')
  renameSync(box.bundle, bundle)
  renameSync(join(bundle, 'rootfs'), join(bundle, 'root fs\n%'))
  box.config.root.path = 'root fs\n%'
  box.config.process.args = ['echo', 'ran']
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(box.config))
  const { stdout, stderr } = box.call(['run', '--bundle', bundle, box.id])
  t.equal(stdout, 'ran\n', stderr)
  mkdirSync(box.bundle)
})

conform('a root filesystem of symlinks', (t, box) => {
  for (const name of ['dev', 'tmp', 'etc', 'mnt']) {
    rmSync(join(box.rootfs, name), { recursive: true })
    mkdirSync(join(box.rootfs, `real/${name}`), { recursive: true })
  }
  symlinkSync('/real/dev', join(box.rootfs, 'dev'))
  symlinkSync('real/tmp', join(box.rootfs, 'tmp'))
  symlinkSync('/../../real/mnt', join(box.rootfs, 'mnt'))
  renameSync(join(box.rootfs, 'bin'), join(box.rootfs, 'real/bin'))
  symlinkSync('/real/bin', join(box.rootfs, 'bin'))
  box.config.mounts.push(
    { destination: '/mnt/a/b', type: 'tmpfs', source: 'x' },
    { destination: '/tmp', type: 'tmpfs', source: 'x' },
  )
  const { status, stdout, stderr } = box.sh(
    'echo x > /dev/null; test -c /real/dev/zero && touch /tmp/x && cut -d" " -f5 /proc/self/mountinfo',
  )
  t.equal(status, 0, stderr)
  for (const place of ['/real/dev', '/real/dev/pts', '/real/mnt/a/b', '/real/tmp']) {
    t.ok(stdout.split('\n').includes(place), place)
  }
})

conform('a symlink loop as a mount point', (t, box) => {
  symlinkSync('loop', join(box.rootfs, 'loop'))
  box.config.mounts.push({ destination: '/loop/x', type: 'tmpfs', source: 'x' })
  const { status } = box.create()
  t.ok(status > 0, 'an error')
  t.equal(box.stateNow(), undefined)
})

conform('a dangling symlink as a mount point: made inside', (t, box) => {
  symlinkSync('/not/there/yet', join(box.rootfs, 'link'))
  box.config.mounts.push({ destination: '/link', type: 'tmpfs', source: 'dangling' })
  const { status, stdout } = box.sh('grep dangling /proc/self/mountinfo')
  t.ok(status !== 0 || stdout.includes(' /not/there/yet '), stdout)
  t.notOk(existsSync('/not/there'))
})

conform('a deep mount point', (t, box) => {
  const deep = `/mnt/${'d/'.repeat(500)}end`
  box.config.mounts.push({ destination: deep, type: 'tmpfs', source: 'deep' })
  const { status, stderr } = box.sh('grep -q deep /proc/self/mountinfo')
  t.equal(status, 0, stderr.slice(0, 300))
})

conform('a destination with .., //, . and a slash at its end', (t, box) => {
  box.config.mounts.push({ destination: '//mnt/./a/../b///', type: 'tmpfs', source: 'odd' })
  t.match(box.sh('grep " odd " /proc/self/mountinfo').stdout, / \/mnt\/b /)
})

conform('a mount over /', (t, box) => {
  box.config.mounts.push({ destination: '/', type: 'tmpfs', source: 'x' })
  const { status } = box.run()
  t.ok(status >= 0, 'no hang, and nothing left behind')
})

conform('a mount over the directory of the program', (t, box) => {
  box.config.mounts.push({ destination: '/bin', type: 'tmpfs', source: 'x' })
  t.not(box.run().status, 0, 'the program is not there')
  t.equal(box.stateNow(), undefined)
})

conform('no mounts, no /proc, no /dev, no /sys in the root', (t, box) => {
  box.config.mounts = []
  for (const name of ['proc', 'sys', 'dev']) rmSync(join(box.rootfs, name), { recursive: true })
  box.config.process.args = ['echo', 'ran']
  const { status, stdout, stderr } = box.run()
  t.equal(stdout, 'ran\n', `${status} ${stderr}`)
})

conform('mounts that are not there at all', (t, box) => {
  delete (box.config as { mounts?: unknown }).mounts
  const { status, stderr } = box.run()
  t.equal(status, 0, stderr)
})

conform('no namespaces but mount', (t, box) => {
  box.config.linux.namespaces = [{ type: 'mount' }]
  box.config.mounts = box.config.mounts.filter(({ type }) => type !== 'sysfs')
  const { status, stdout, stderr } = box.sh(
    'for n in pid net ipc uts; do readlink /proc/self/ns/$n; done',
  )
  t.equal(status, 0, stderr)
  const own = ['pid', 'net', 'ipc', 'uts'].map((name) => readlinkSync(`/proc/self/ns/${name}`))
  t.strictSame(stdout.trim().split('\n'), own)
})

conform('no namespaces at all: as with chroot', (t, box) => {
  box.config.linux.namespaces = []
  box.config.mounts = []
  box.config.process.args = ['/bin/sh', '-c', 'ls -d /bin; echo $$']
  const { status, stdout, stderr } = box.run()
  // Some runtimes refuse to be without a mount namespace; none may change the host.
  t.ok(status !== 0 || /^\/bin\n\d+\n$/.test(stdout), `${status} ${stdout} ${stderr}`)
  t.notMatch(readFileSync('/proc/self/mountinfo', 'utf8'), box.rootfs)
})

conform(
  'no linux section',
  (t, box) => {
    delete (box.config as { linux?: unknown }).linux
    box.config.mounts = []
    const { status } = box.run()
    t.ok(status >= 0, 'no hang, nothing left behind')
  },
  { differs: { runc: 'crashes', crun: '1.8 leaves its cgroup' } },
)

conform('a pid namespace of another process’s, whose first one ends later', (t, box) => {
  const other = spawn(
    'unshare',
    ['--pid', '--fork', '--kill-child', '--mount-proc', 'sleep', '60'],
    { stdio: 'ignore' },
  )
  try {
    t.ok(until(() => textOf(`/proc/${other.pid}/task/${other.pid}/children`) !== ''))
    removeNamespace(box.config, 'pid')
    box.config.linux.namespaces.push({
      type: 'pid',
      path: `/proc/${other.pid}/ns/pid_for_children`,
    })
    const { status, stdout, stderr } = box.sh('echo $$; cat /proc/1/comm')
    t.equal(status, 0, stderr)
    t.match(stdout, /^\d+\nsleep\n$/)
    // And what is left in it afterwards belongs to somebody else.
    box.config.process.args = ['sleep', '100']
    box.create()
    box.start()
    t.equal(box.delete('--force').status, 0)
    t.equal(existsSync(`/proc/${other.pid}`), true, 'the other one lives')
  } finally {
    other.kill('SIGKILL')
  }
})

conform('args that are null', (t, box) => {
  box.config.process.args = null as never
  const { status } = box.run()
  t.ok(status > 0, 'an error, no hang')
  t.equal(box.stateNow(), undefined)
})

conform('a root that is a mount point of its own, read-only on the host', (t, box) => {
  box.config.root.readonly = true
  chmodSync(box.rootfs, 0o555)
  const { status, stderr } = box.run()
  t.equal(status, 0, stderr)
})

conform('a bundle that is the current directory, and its root “.”', (t, box) => {
  box.config.root.path = '.'
  const source = box.rootfs
  writeFileSync(join(source, 'config.json'), JSON.stringify(box.config))
  const wrap = ['/bin/sh', '-c', `cd ${source} && exec "$@"`, 'sh']
  const { status, stderr } = box.call(['run', box.id], { wrap })
  t.equal(status, 0, stderr)
})

conform(
  'config.json with a BOM, comments, trailing commas: none is JSON',
  (t, box) => {
    const text = JSON.stringify(box.config)
    for (const bad of [
      `${text.slice(0, -1)},}`,
      `/* x */ ${text}`,
      `${text} x`,
      text.slice(0, -1),
    ]) {
      writeFileSync(join(box.bundle, 'config.json'), bad)
      t.not(box.call(['create', '--bundle', box.bundle, box.id]).status, 0, bad.slice(-5))
      t.equal(box.stateNow(), undefined)
    }
  },
  { differs: { crun: 'YAJL takes comments', runc: 'passes over what follows the object' } },
)

conform('the longest name that a container may have', (t, box) => {
  box.config.process.args = ['true']
  box.save()
  const id = `${box.id}${'x'.repeat(200 - box.id.length)}`
  const { status, stderr } = box.call(['run', '--bundle', box.bundle, id])
  t.equal(status, 0, stderr)
  const tooLong = box.call(['run', '--bundle', box.bundle, 'x'.repeat(2000)])
  t.ok(tooLong.status > 0)
})

conform('a hostname of 64 bytes, and one of 65', (t, box) => {
  box.config['hostname'] = 'h'.repeat(64)
  t.equal(box.sh('cat /proc/sys/kernel/hostname').stdout, `${'h'.repeat(64)}\n`)
  box.config['hostname'] = 'h'.repeat(65)
  t.not(box.run().status, 0)
  t.equal(box.stateNow(), undefined)
})

conform(
  'numbers at their limits',
  (t, box) => {
    box.config.process.user = { uid: 4294967294, gid: 4294967294, additionalGids: [4294967294] }
    box.config.process['rlimits'] = [
      { type: 'RLIMIT_NOFILE', soft: 4, hard: 1000 },
      { type: 'RLIMIT_DATA', soft: 2 ** 64, hard: 2 ** 64 },
    ]
    box.config.process['oomScoreAdj'] = 1000
    const text = JSON.stringify(box.config).replaceAll(
      '18446744073709552000',
      '18446744073709551615',
    )
    box.config.process.args = ['cat', '/proc/self/status', '/proc/self/limits']
    writeFileSync(
      join(box.bundle, 'config.json'),
      text.replace('"args":["true"]', `"args":${JSON.stringify(box.config.process.args)}`),
    )
    const { status, stdout, stderr } = box.call(['run', '--bundle', box.bundle, box.id])
    t.match(stdout, /Uid:\t4294967294/, `${status} ${stderr}`)
    t.match(stdout, /Max data size +unlimited +unlimited/)
  },
  { differs: { runc: 'knows ids up to 2147483647 only' } },
)
