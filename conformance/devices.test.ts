/** config-linux.md#devices and #default-devices, runtime-linux.md#dev-symbolic-links. */
import { spawn, spawnSync } from 'node:child_process'
import { lstatSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'

for (const [name, major, minor] of [
  ['null', 1, 3],
  ['zero', 1, 5],
  ['full', 1, 7],
  ['random', 1, 8],
  ['urandom', 1, 9],
  ['tty', 5, 0],
] as const) {
  conform(`/dev/${name}`, (t, box) => {
    const { stdout } = box.sh(`stat -c "%F %t %T %a" /dev/${name}`)
    t.equal(stdout, `character special file ${major.toString(16)} ${minor.toString(16)} 666\n`)
  })
}

for (const [link, target] of [
  ['fd', /^\/proc\/self\/fd$/],
  ['stdin', /^\/proc\/self\/fd\/0$/],
  ['stdout', /^\/proc\/self\/fd\/1$/],
  ['stderr', /^\/proc\/self\/fd\/2$/],
  ['ptmx', /^(\/dev\/)?pts\/ptmx$/],
] as const) {
  conform(`/dev/${link}`, (t, box) => {
    t.match(box.sh(`readlink /dev/${link}`).stdout.trim(), target)
  })
}

conform('devices work', (t, box) => {
  const { status, stderr } = box.sh(
    'echo x > /dev/null && head -c 5 /dev/zero > /tmp/z && head -c 5 /dev/urandom > /tmp/u && ! echo x > /dev/full',
  )
  t.equal(status, 0, stderr)
})

conform('a device of the config', (t, box) => {
  box.config.linux['devices'] = [
    { path: '/dev/mine', type: 'c', major: 1, minor: 5, fileMode: 0o640, uid: 3, gid: 4 },
    { path: '/dev/deep/fifo', type: 'p', fileMode: 0o600 },
    { path: '/dev/block', type: 'b', major: 7, minor: 200, fileMode: 0o600 },
  ]
  const { status, stdout, stderr } = box.sh(
    'stat -c "%n %F %t %T %a %u %g" /dev/mine /dev/deep/fifo /dev/block',
  )
  t.equal(status, 0, stderr)
  t.match(stdout, '/dev/mine character special file 1 5 640 3 4\n')
  t.match(stdout, '/dev/deep/fifo fifo 0 0 600 0 0\n')
  t.match(stdout, '/dev/block block special file 7 c8 600 0 0\n')
})

conform('a default device may be given again', (t, box) => {
  box.config.linux['devices'] = [
    { path: '/dev/null', type: 'c', major: 1, minor: 3, fileMode: 0o666, uid: 0, gid: 0 },
  ]
  t.equal(box.sh('stat -c "%t %T" /dev/null').stdout, '1 3\n')
})

conform('an existing file that is another device', (t, box) => {
  box.config.mounts = box.config.mounts.filter(({ destination }) => destination !== '/dev')
  writeFileSync(join(box.rootfs, 'dev/mine'), '')
  box.config.linux['devices'] = [{ path: '/dev/mine', type: 'c', major: 1, minor: 5 }]
  const { status } = box.create()
  t.not(status, 0, 'is an error')
  t.ok(lstatSync(join(box.rootfs, 'dev/mine')).isFile(), 'and is left alone')
})

conform('/dev of the host, bound', (t, box) => {
  box.config.mounts = box.config.mounts.filter(({ destination }) => !destination.startsWith('/dev'))
  box.config.mounts.push({ destination: '/dev', source: '/dev', options: ['rbind', 'rprivate'] })
  const before = lstatSync('/dev/ptmx').mtimeMs
  const { status, stderr } = box.sh('echo x > /dev/null && test -c /dev/zero')
  t.equal(status, 0, stderr)
  t.equal(lstatSync('/dev/ptmx').mtimeMs, before, 'the host’s is not changed')
})

conform('only the allowed devices can be opened', (t, box) => {
  box.config.linux['resources'] = {
    devices: [
      { allow: false, access: 'rwm' },
      { allow: true, type: 'c', major: 1, minor: 11, access: 'r' },
    ],
  }
  const caps = ['CAP_MKNOD']
  box.config.process['capabilities'] = { bounding: caps, permitted: caps, effective: caps }
  const { stdout } = box.sh(
    'cd /tmp; mknod a c 1 11; mknod b c 10 229; ' +
      'dd if=a bs=1 count=0 2>/dev/null && echo a-read; (: > a) 2>/dev/null && echo a-written; ' +
      '{ (cat b) 2>&1 | grep -q "not permitted"; } && echo b-refused; echo x > /dev/null && echo null',
  )
  t.notMatch(stdout, /a-written/)
  t.match(stdout, /b-refused/)
  t.match(stdout, /null/)
})

conform('a device in a volume, whose name another process gives to a link', (t, box) => {
  const volume = join(box.directory, 'volume')
  mkdirSync(volume)
  const victim = join(box.directory, 'victim')
  writeFileSync(victim, '', { mode: 0o600 })
  spawnSync('mknod', [join(volume, 'node'), 'c', '1', '3'])
  box.config.mounts.push({ destination: '/volume', source: volume, options: ['rbind'] })
  box.config.linux['devices'] = [
    { path: '/volume/x', type: 'c', major: 1, minor: 3, fileMode: 0o666, uid: 1234, gid: 1234 },
  ]
  const swap = spawn(
    process.execPath,
    [
      '-e',
      `const fs = require('fs'); process.chdir(${JSON.stringify(volume)})
      for (;;) {
        fs.linkSync('node', 'y'); fs.renameSync('y', 'x')
        fs.symlinkSync(${JSON.stringify(victim)}, 'z'); fs.renameSync('z', 'x')
      }`,
    ],
    { stdio: 'ignore' },
  )
  try {
    for (let round = 0; round < 60; round++) {
      box.run()
      box.delete('--force')
    }
  } finally {
    swap.kill('SIGKILL')
  }
  const { mode, uid } = statSync(victim)
  t.equal(mode & 0o777, 0o600)
  t.equal(uid, 0)
})
