/** User namespaces and everything else: mounts, devices, joined ones, groups, what belongs to whom. */
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'
import { addUserNamespace } from './harness/config.ts'
import type { Box } from './harness/box.ts'

const give = (box: Box): void => {
  addUserNamespace(box.config)
  execFileSync('chown', ['-R', '100000:100000', box.rootfs])
  for (const path of [box.directory, box.bundle]) chmodSync(path, 0o755)
}

conform(
  'the source of a bind mount that only the host’s root may reach',
  (t, box) => {
    give(box)
    const hidden = join(box.directory, 'hidden')
    mkdirSync(join(hidden, 'inner'), { recursive: true })
    writeFileSync(join(hidden, 'inner/file'), 'text', { mode: 0o644 })
    chmodSync(join(hidden, 'inner'), 0o755)
    chmodSync(hidden, 0o700)
    const source = join(hidden, 'inner')
    box.config.mounts.push({ destination: '/mnt', source, options: ['rbind', 'ro'] })
    const { status, stdout, stderr } = box.sh('cat /mnt/file')
    t.equal(stdout, 'text', `${status} ${stderr}`)
  },
  { differs: { crun: '1.8 opens it from inside' } },
)

conform('a mount point that has to be made belongs to the container’s root', (t, box) => {
  give(box)
  box.config.mounts.push({ destination: '/new/place', type: 'tmpfs', source: 'x' })
  const { status, stdout, stderr } = box.sh('stat -c %u /new /new/place')
  t.equal(status, 0, stderr)
  t.match(stdout, /^(0|65534)\n0\n$/)
  t.ok([0, 100000].includes(lstatSync(join(box.rootfs, 'new')).uid))
})

conform('the directory of message queues belongs to the container’s root', (t, box) => {
  give(box)
  box.config.mounts = box.config.mounts.filter(({ type }) => type !== 'mqueue')
  box.config.mounts.push({ destination: '/mnt', type: 'mqueue', source: 'mqueue' })
  const { status, stdout, stderr } = box.sh('stat -c %u /mnt')
  t.equal(status, 0, stderr)
  t.equal(stdout, '0\n')
})

conform('a device of the config', (t, box) => {
  give(box)
  box.config.linux['devices'] = [
    // By the same name on the host: mknod(2) is not for a user namespace, so it is bound.
    { path: '/dev/kmsg', type: 'c', major: 1, minor: 11, fileMode: 0o666 },
  ]
  const { status, stdout, stderr } = box.sh('stat -c "%F %t %T" /dev/kmsg')
  t.equal(status, 0, stderr)
  t.equal(stdout, 'character special file 1 b\n')
})

conform('masked and read-only paths, sysctls, a read-only root', (t, box) => {
  give(box)
  box.config.root.readonly = true
  box.config.linux['maskedPaths'] = ['/proc/kcore', '/proc/keys', '/sys/firmware']
  box.config.linux['readonlyPaths'] = ['/proc/sys', '/proc/bus']
  box.config.linux['sysctl'] = { 'kernel.shmmax': '12345', 'net.ipv4.ip_forward': '1' }
  const { status, stdout, stderr } = box.sh(
    'cat /proc/sys/kernel/shmmax /proc/sys/net/ipv4/ip_forward; cat /proc/keys | wc -c; touch /x 2>&1 | grep -c -i read-only',
  )
  t.equal(stdout, '12345\n1\n0\n1\n', `${status} ${stderr}`)
})

conform('locked attributes of a bind cannot be taken back inside', (t, box) => {
  give(box)
  const caps = ['CAP_SYS_ADMIN']
  box.config.process['capabilities'] = { bounding: caps, permitted: caps, effective: caps }
  const source = join(box.directory, 'source')
  mkdirSync(source, { mode: 0o777 })
  chmodSync(source, 0o777)
  box.config.mounts.push({ destination: '/mnt', source, options: ['bind', 'ro', 'nosuid'] })
  const { stdout } = box.sh(
    'mount -o remount,bind,rw /mnt 2>/dev/null; touch /mnt/x 2>/dev/null && echo written; echo end',
  )
  t.match(stdout, /end/)
})

conform('mounts of the host stay invisible under an unmount', (t, box) => {
  give(box)
  const caps = ['CAP_SYS_ADMIN']
  box.config.process['capabilities'] = { bounding: caps, permitted: caps, effective: caps }
  writeFileSync(join(box.rootfs, 'etc/secret'), 'text')
  box.config.linux['maskedPaths'] = ['/etc/secret']
  const { stdout } = box.sh('umount /etc/secret 2>/dev/null; cat /etc/secret; echo end')
  t.ok(stdout === 'end\n' || stdout === 'textend\n')
})

conform('setgroups is allowed, and groups are those of the config', (t, box) => {
  give(box)
  box.config.process.user = { uid: 0, gid: 0, additionalGids: [3, 4] }
  t.equal(box.sh('cat /proc/self/setgroups; id -G').stdout, 'allow\n0 3 4\n')
})

conform('the mapping need not begin at 0', (t, box) => {
  give(box)
  box.config.linux['uidMappings'] = [{ containerID: 500, hostID: 100000, size: 10 }]
  box.config.linux['gidMappings'] = [{ containerID: 500, hostID: 100000, size: 10 }]
  box.config.process.user = { uid: 500, gid: 500 }
  const { status, stdout, stderr } = box.sh('id -u')
  t.ok(status !== 0 || stdout === '500\n', stderr)
})

conform('an identity mapping of everything', (t, box) => {
  box.config.linux.namespaces.push({ type: 'user' })
  const all = [{ containerID: 0, hostID: 0, size: 4294967295 }]
  box.config.linux['uidMappings'] = all
  box.config.linux['gidMappings'] = all
  const { status, stdout, stderr } = box.sh('cat /proc/self/uid_map')
  t.equal(status, 0, stderr)
  t.match(stdout, /0\s+0\s+4294967295/)
})

conform('with all the other namespaces, and the network joined', (t, box) => {
  give(box)
  for (const type of ['cgroup']) box.config.linux.namespaces.push({ type })
  const network = box.config.linux.namespaces.find(({ type }) => type === 'network')!
  network.path = '/proc/self/ns/net'
  box.config.mounts = box.config.mounts.filter(({ type }) => type !== 'sysfs')
  const { status, stderr } = box.run()
  t.equal(status, 0, stderr)
})

conform('two containers in one user namespace: files of one are the other’s', (t, box) => {
  give(box)
  box.config.process.args = ['sleep', '100']
  t.equal(box.create().status, 0)
  const { pid } = box.stateNow()!
  for (const namespace of box.config.linux.namespaces) {
    if (namespace.type === 'user') namespace.path = `/proc/${pid}/ns/user`
  }
  delete box.config.linux['uidMappings']
  delete box.config.linux['gidMappings']
  box.config.linux.cgroupsPath += '-2'
  box.config.process.args = ['/bin/sh', '-c', 'touch /tmp/shared && stat -c %u /tmp/shared']
  box.save()
  const { status, stdout, stderr } = box.call(['run', '--bundle', box.bundle, `${box.id}-2`])
  t.equal(stdout, '0\n', `${status} ${stderr}`)
  t.equal(lstatSync(join(box.rootfs, 'tmp/shared')).uid, 100000)
})

/** Makes of the config one that joins the user namespace of the container that waits in `box`. */
const joinUsersOf = (box: Box): void => {
  const { pid } = box.stateNow()!
  const user = box.config.linux.namespaces.find(({ type }) => type === 'user')!
  user.path = `/proc/${pid}/ns/user`
  delete box.config.linux['uidMappings']
  delete box.config.linux['gidMappings']
  box.config.linux.cgroupsPath += '-2'
}

for (const [type, name] of [
  ['network', 'net'],
  ['uts', 'uts'],
  ['ipc', 'ipc'],
] as const) {
  conform(
    `a user namespace is joined, and a ${type} namespace that it does not own`,
    (t, box) => {
      give(box)
      box.config.process.args = ['sleep', '100']
      t.equal(box.create().status, 0)
      joinUsersOf(box)
      const theirs = `/proc/self/ns/${name}`
      box.config.linux.namespaces.find((namespace) => namespace.type === type)!.path = theirs
      // Where it has no power over the namespace, it may not mount its file system, nor name the host.
      box.config.mounts = box.config.mounts.filter(({ type }) => !/sysfs|mqueue/.test(type ?? ''))
      delete (box.config as { hostname?: string }).hostname
      box.config.process.args = ['sh', '-c', `readlink ${theirs}; readlink /proc/self/ns/user`]
      box.save()
      const { status, stdout, stderr } = box.call(['run', '--bundle', box.bundle, `${box.id}-2`])
      t.equal(status, 0, stderr)
      const user = readlinkSync(`/proc/${box.stateNow()!.pid}/ns/user`)
      t.equal(stdout, `${readlinkSync(theirs)}\n${user}\n`)
    },
    { differs: { runc: '1.1 joins the user namespace first' } },
  )
}

conform(
  'an id-mapped mount without mappings has those of the user namespace that is joined',
  (t, box) => {
    give(box)
    box.config.ociVersion = '1.2.0'
    box.config.process.args = ['sleep', '100']
    t.equal(box.create().status, 0)
    joinUsersOf(box)
    const source = join(box.directory, 'source')
    mkdirSync(source)
    chownSync(source, 5, 6)
    box.config.mounts.push({ destination: '/mnt', source, options: ['bind', 'idmap'] })
    box.config.process.args = ['stat', '-c', '%u:%g', '/mnt']
    box.save()
    const { status, stdout, stderr } = box.call(['run', '--bundle', box.bundle, `${box.id}-2`])
    t.equal(status, 0, stderr)
    t.equal(stdout, '5:6\n')
  },
  { differs: { runc: '1.1 has no idmapped mounts', crun: '1.8 has its own syntax for them' } },
)

conform('nobody outside is changed: the runtime’s own mapping stays', (t, box) => {
  const before = readFileSync('/proc/self/uid_map', 'utf8')
  give(box)
  box.run()
  t.equal(readFileSync('/proc/self/uid_map', 'utf8'), before)
})

conform(
  'a device that the host lacks, or has under other numbers: the error says so',
  (t, box) => {
    give(box)
    for (const [path, says] of [
      ['/dev/nowhere', /\/dev\/nowhere/],
      ['/dev/full', /c 1:7, not c 10:229/],
    ] as const) {
      box.config.linux['devices'] = [{ path, type: 'c', major: 10, minor: 229 }]
      const { status, stderr } = box.run()
      t.not(status, 0)
      t.match(stderr, says)
    }
  },
  { differs: { runc: 'takes whatever the host has', crun: 'takes whatever the host has' } },
)
