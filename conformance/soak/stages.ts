/**
 * `npx tsx conformance/soak/stages.ts [--runtime PATH]`: a config that fails at each stage of create and run;
 * every failure must be an error, say why, and leave nothing.
 */
import { parseArgs } from 'node:util'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const { values } = parseArgs({ options: { runtime: { type: 'string' } } })
if (values.runtime !== undefined) process.env['RUNTIME'] = values.runtime
const { Box } = await import('../harness/box.ts')
const { leftovers } = await import('../harness/leftovers.ts')
const { addUserNamespace } = await import('../harness/config.ts')
type Box = InstanceType<typeof Box>

const stages: Readonly<Record<string, (box: Box) => void>> = {
  'config.json is missing': () => {},
  'no rootfs': (box) => rmSync(box.rootfs, { recursive: true }),
  'rootfs without /proc as a directory': (box) => {
    rmSync(join(box.rootfs, 'proc'), { recursive: true })
    writeFileSync(join(box.rootfs, 'proc'), '')
  },
  'a bad namespace path': (box) =>
    box.config.linux.namespaces.push({ type: 'cgroup', path: '/proc/self/ns/uts' }),
  'a bad cgroup limit': (box) => (box.config.linux['resources'] = { cpu: { cpus: '9999' } }),
  'a memory limit nobody can keep': (box) =>
    (box.config.linux['resources'] = { memory: { limit: 1 } }),
  'bad mappings': (box) => {
    addUserNamespace(box.config)
    box.config.linux['uidMappings'] = [
      { containerID: 0, hostID: 0, size: 10 },
      { containerID: 0, hostID: 5, size: 10 },
    ]
  },
  'a bad mount source': (box) =>
    box.config.mounts.push({ destination: '/mnt', source: '/no/such', options: ['bind'] }),
  'a bad mount type': (box) =>
    box.config.mounts.push({ destination: '/mnt', type: 'nosuch', source: 'x' }),
  'a bad mount option': (box) =>
    box.config.mounts.push({ destination: '/mnt', type: 'tmpfs', source: 'x', options: ['no=1'] }),
  'a mount on a file': (box) =>
    box.config.mounts.push({ destination: '/etc/passwd/x', type: 'tmpfs', source: 'x' }),
  'a bad device': (box) =>
    (box.config.linux['devices'] = [{ path: '/etc/passwd', type: 'c', major: 1, minor: 3 }]),
  'a bad sysctl': (box) => (box.config.linux['sysctl'] = { 'net.no.such': '1' }),
  'a bad sysctl value': (box) => (box.config.linux['sysctl'] = { 'net.ipv4.ip_forward': 'x' }),
  'a bad rlimit': (box) =>
    (box.config.process['rlimits'] = [{ type: 'RLIMIT_NOFILE', soft: 2 ** 40, hard: 2 ** 40 }]),
  'a bad working directory': (box) => (box.config.process.cwd = '/etc/passwd'),
  'a bad user': (box) => (box.config.process.user.uid = -5),
  'a user that is not mapped': (box) => {
    addUserNamespace(box.config, 10)
    box.config.process.user.uid = 500
  },
  'a program that does not exist': (box) => (box.config.process.args = ['/no/such']),
  'a bad pid file': () => {},
}

let bad = 0
for (const [name, change] of Object.entries(stages)) {
  for (const command of ['create', 'run']) {
    const box = new Box()
    change(box)
    box.save()
    if (name.startsWith('config.json')) rmSync(join(box.bundle, 'config.json'))
    const flags = name === 'a bad pid file' ? ['--pid-file', '/no/such/directory/pid'] : []
    const begin = performance.now()
    const { status, stderr } = box.call([command, '--bundle', box.bundle, ...flags, box.id])
    const time = performance.now() - begin
    // Only `start` can know that a program does not exist, if create did not look for it.
    const excused = command === 'create' && name.startsWith('a program') && status === 0
    if (excused) box.delete('--force')
    const left = leftovers(box.id, box.state)
    if (
      (status === 0 && !excused) ||
      status === -1 ||
      !stderr.trim() !== excused ||
      left.length > 0
    ) {
      bad++
      console.log(
        `${command}, ${name}: status ${status} after ${time.toFixed(0)} ms: ${stderr.trim()}`,
      )
      for (const line of left) console.log(`  left: ${line}`)
    }
    box.end()
  }
}
console.log(`${2 * Object.keys(stages).length} failures, ${bad} bad`)
process.exitCode = bad === 0 ? 0 : 1
