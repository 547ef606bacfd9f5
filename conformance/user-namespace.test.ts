/** config-linux.md#user-namespace-mappings: who is who, inside and outside. */
import { chmodSync, chownSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'
import type { Box } from './harness/box.ts'
import { addUserNamespace } from './harness/config.ts'

/** Lets the mapped root own the root filesystem and reach it. */
const give = (box: Box): void => {
  addUserNamespace(box.config)
  chownSync(box.rootfs, 100000, 100000)
  for (const name of readdirSync(box.rootfs)) chownSync(join(box.rootfs, name), 100000, 100000)
  for (const path of [box.directory, box.bundle]) chmodSync(path, 0o755)
}

conform('the mappings are what the config says', (t, box) => {
  give(box)
  const { status, stdout, stderr } = box.sh('cat /proc/self/uid_map /proc/self/gid_map')
  t.equal(status, 0, stderr)
  t.match(stdout, /^\s*0\s+100000\s+65536\n\s*0\s+100000\s+65536\n$/)
})

conform('several ranges', (t, box) => {
  give(box)
  box.config.linux['uidMappings'] = [
    { containerID: 0, hostID: 100000, size: 10 },
    { containerID: 10, hostID: 200000, size: 1000 },
  ]
  const { status, stdout, stderr } = box.sh('cat /proc/self/uid_map')
  t.equal(status, 0, stderr)
  t.match(stdout, /^\s*0\s+100000\s+10\n\s*10\s+200000\s+1000\n$/)
})

conform('root inside is nobody outside', (t, box) => {
  give(box)
  const { status, stdout, stderr } = box.sh('id -u; touch /tmp/file; ls -n /tmp/file')
  t.equal(status, 0, stderr)
  t.match(stdout, /^0\n-\S+\s+1\s+0\s+0\s/)
  t.match(lstatSync(join(box.rootfs, 'tmp/file')), { uid: 100000, gid: 100000 })
})

conform('another user inside', (t, box) => {
  give(box)
  box.config.process.user = { uid: 5, gid: 6, additionalGids: [7] }
  const { stdout, stderr } = box.sh('id -u; id -g; id -G')
  t.equal(stdout, '5\n6\n6 7\n', stderr)
})

conform('a user that is not mapped is refused', (t, box) => {
  give(box)
  box.config.process.user = { uid: 70000, gid: 0 }
  t.not(box.create().status, 0)
  t.equal(box.stateNow(), undefined)
})

conform(
  'a directory above that is closed to the container’s root is named',
  (t, box) => {
    give(box)
    chmodSync(box.bundle, 0o700)
    const { status, stderr } = box.create()
    t.not(status, 0)
    t.match(stderr, `it may not enter ${box.bundle}: chmod o+x`)
    t.equal(box.stateNow(), undefined)
  },
  { differs: { runc: 'does not say which', crun: 'does not say which' } },
)

conform('devices are there', (t, box) => {
  give(box)
  const { status, stderr } = box.sh(
    'echo x > /dev/null && head -c1 /dev/zero | wc -c && test -c /dev/urandom',
  )
  t.equal(status, 0, stderr)
})

conform('the namespaces belong to the user namespace', (t, box) => {
  give(box)
  box.config['hostname'] = 'inside'
  const { status, stdout, stderr } = box.sh('hostname; mount -t tmpfs x /mnt && echo mounted')
  t.match(stdout, /inside/, `${status} ${stderr}`)
})

conform('the host’s id is what a process of the container has outside', (t, box) => {
  give(box)
  box.config.process.args = ['sleep', '100']
  box.create()
  box.start()
  const { pid } = box.stateNow()!
  t.match(readFileSync(`/proc/${pid}/status`, 'utf8'), /^Uid:\s100000\s/m)
  t.not(readlinkSync(`/proc/${pid}/ns/user`), readlinkSync('/proc/self/ns/user'))
})

conform('join a user namespace by path', (t, box) => {
  give(box)
  box.config.process.args = ['sleep', '100']
  box.create()
  const { pid } = box.stateNow()!
  delete box.config.linux['uidMappings']
  delete box.config.linux['gidMappings']
  for (const namespace of box.config.linux.namespaces) {
    if (namespace.type === 'user') namespace.path = `/proc/${pid}/ns/user`
  }
  box.config.process.args = ['/bin/sh', '-c', 'cat /proc/self/uid_map; id -u']
  box.config.linux.cgroupsPath += '-second'
  box.save()
  const second = box.call(['run', '--bundle', box.bundle, `${box.id}-second`])
  t.equal(second.status, 0, second.stderr)
  t.match(second.stdout, /100000\s+65536\n0\n$/)
})
