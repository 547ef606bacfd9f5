/** config-linux.md#namespaces: new ones, the runtime's own, and somebody else's. */
import { spawn, type ChildProcess } from 'node:child_process'
import { readlinkSync } from 'node:fs'
import { conform } from './harness/conform.ts'
import { textOf, until } from './harness/wait.ts'
import { removeNamespace } from './harness/config.ts'

/** Name in config.json, name in /proc/PID/ns. */
const types = [
  ['pid', 'pid'],
  ['network', 'net'],
  ['ipc', 'ipc'],
  ['uts', 'uts'],
  ['cgroup', 'cgroup'],
  ['time', 'time'],
] as const

const ours = (name: string): string => readlinkSync(`/proc/self/ns/${name}`)

for (const [type, name] of types) {
  conform(`a new ${type} namespace`, (t, box) => {
    if (!box.config.linux.namespaces.some((namespace) => namespace.type === type)) {
      box.config.linux.namespaces.push({ type })
    }
    const { status, stdout, stderr } = box.sh(`readlink /proc/self/ns/${name}`)
    t.equal(status, 0, stderr)
    t.not(stdout.trim(), ours(name))
    t.match(stdout, /:\[\d+\]/)
  })

  conform(`without ${type} the runtime's own`, (t, box) => {
    removeNamespace(box.config, type)
    if (type === 'network') {
      // sysfs belongs to the network namespace: without a new one it is bound from the host.
      box.config.mounts = box.config.mounts.filter(({ type }) => type !== 'sysfs')
    }
    const { status, stdout, stderr } = box.sh(`readlink /proc/self/ns/${name}`)
    t.equal(status, 0, stderr)
    t.equal(stdout.trim(), ours(name))
  })
}

conform('the program is process 1 of a new pid namespace', (t, box) => {
  t.equal(box.sh('echo $$').stdout, '1\n')
})

conform('a new network namespace has a loopback device, and it is up', (t, box) => {
  t.match(box.sh('ip addr show lo').stdout, /<LOOPBACK,UP[^]*inet 127\.0\.0\.1\/8/)
})

/** Holds namespaces open for a container to join. */
const holder = (flags: readonly string[]): ChildProcess => {
  const child = spawn('unshare', [...flags, '--', 'sleep', '60'], { stdio: 'ignore' })
  until(() => textOf(`/proc/${child.pid}/comm`) === 'sleep\n')
  return child
}

for (const [type, name, flag] of [
  ['network', 'net', '--net'],
  ['ipc', 'ipc', '--ipc'],
  ['uts', 'uts', '--uts'],
  ['cgroup', 'cgroup', '--cgroup'],
] as const) {
  conform(`join a ${type} namespace by path`, (t, box) => {
    const child = holder([flag])
    try {
      const path = `/proc/${child.pid}/ns/${name}`
      removeNamespace(box.config, type)
      box.config.linux.namespaces.push({ type, path })
      const { status, stdout, stderr } = box.sh(`readlink /proc/self/ns/${name}`)
      t.equal(status, 0, stderr)
      t.equal(stdout.trim(), readlinkSync(path))
    } finally {
      child.kill('SIGKILL')
    }
  })
}

conform('join a pid namespace by path', (t, box) => {
  const other = spawn('unshare', ['--pid', '--fork', '--kill-child', '--', 'sleep', '60'], {
    stdio: 'ignore',
  })
  try {
    // Before it has a child its link names another namespace, or none.
    t.ok(until(() => textOf(`/proc/${other.pid}/task/${other.pid}/children`) !== ''))
    const path = `/proc/${other.pid}/ns/pid_for_children`
    removeNamespace(box.config, 'pid')
    box.config.linux.namespaces.push({ type: 'pid', path })
    const { status, stdout, stderr } = box.sh('readlink /proc/self/ns/pid; echo $$')
    t.equal(status, 0, stderr)
    t.match(stdout, new RegExp(readlinkSync(path).replace(/[[\]]/g, '\\$&')))
    t.notMatch(stdout, /^1$/m, 'it is not process 1')
  } finally {
    other.kill('SIGKILL')
  }
})

conform('the namespaces of a container, joined by another', (t, box) => {
  box.config.process.args = ['sleep', '100']
  box.create()
  const { pid } = box.stateNow()!
  for (const namespace of box.config.linux.namespaces) {
    if (namespace.type === 'mount' || namespace.type === 'pid') continue
    namespace.path = `/proc/${pid}/ns/${namespace.type === 'network' ? 'net' : namespace.type}`
  }
  box.config.process.args = ['readlink', '/proc/self/ns/uts']
  box.config.linux.cgroupsPath += '-second'
  box.save()
  const second = box.call(['run', '--bundle', box.bundle, `${box.id}-second`])
  t.equal(second.status, 0, second.stderr)
  t.equal(second.stdout.trim(), readlinkSync(`/proc/${pid}/ns/uts`))
})

for (const [name, type, path] of [
  ['a path that does not exist', 'uts', '/no/such/namespace'],
  ['a relative path', 'uts', 'proc/self/ns/uts'],
  ['a namespace of another type', 'uts', '/proc/self/ns/ipc'],
  ['a file that is no namespace', 'uts', '/proc/self/status'],
] as const) {
  conform(`refused: ${name}`, (t, box) => {
    removeNamespace(box.config, type)
    box.config.linux.namespaces.push({ type, path })
    t.not(box.create().status, 0)
    t.equal(box.stateNow(), undefined)
  })
}

conform('time offsets', (t, box) => {
  box.config.ociVersion = '1.1.0'
  box.config.linux.namespaces.push({ type: 'time' })
  box.config.linux['timeOffsets'] = { boottime: { secs: 864000, nanosecs: 0 } }
  const { stdout } = box.sh('cat /proc/uptime')
  t.ok(Number(stdout.split(' ')[0]) >= 864000, stdout)
})
