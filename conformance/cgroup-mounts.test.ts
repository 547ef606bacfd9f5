/** Mounts of type cgroup, and what the container sees of its own cgroup. */
import { existsSync, readFileSync } from 'node:fs'
import { conform } from './harness/conform.ts'
import type { Box } from './harness/box.ts'

const mount = (box: Box, type: string, options: readonly string[] = []): void => {
  box.config.mounts.push({
    destination: '/sys/fs/cgroup',
    type,
    source: 'cgroup',
    options: ['nosuid', 'noexec', 'nodev', 'relatime', ...options],
  })
}

const v1 = !existsSync('/sys/fs/cgroup/cgroup.controllers')
const memory = v1 ? '/sys/fs/cgroup/memory' : '/sys/fs/cgroup'
const limitFile = v1 ? 'memory.limit_in_bytes' : 'memory.max'
const hasMemory = existsSync(v1 ? memory : '/sys/fs/cgroup/cgroup.controllers')
  ? undefined
  : 'no memory controller'

for (const namespace of [true, false]) {
  const name = namespace ? 'with a cgroup namespace' : 'without a cgroup namespace'

  conform(
    `${name} the container finds its own limits`,
    (t, box) => {
      if (namespace) box.config.linux.namespaces.push({ type: 'cgroup' })
      box.config.linux['resources'] = { memory: { limit: 50 * 1024 * 1024 } }
      mount(box, 'cgroup', ['ro'])
      const { status, stdout, stderr } = box.sh(`cat ${memory}/${limitFile}`)
      t.equal(status, 0, stderr)
      t.equal(stdout, `${50 * 1024 * 1024}\n`)
    },
    { skip: hasMemory },
  )

  conform(`${name} ro is read-only`, (t, box) => {
    if (namespace) box.config.linux.namespaces.push({ type: 'cgroup' })
    mount(box, 'cgroup', ['ro'])
    const { stdout } = box.sh(
      `for d in /sys/fs/cgroup /sys/fs/cgroup/*; do [ -d $d ] && mkdir $d/x 2>/dev/null && echo made $d; done; echo end`,
    )
    t.equal(stdout, 'end\n')
  })

  conform(`${name} the options are those of the config`, (t, box) => {
    if (namespace) box.config.linux.namespaces.push({ type: 'cgroup' })
    mount(box, 'cgroup', ['ro'])
    const { stdout } = box.sh('grep " - cgroup" /proc/self/mountinfo | cut -d" " -f6')
    for (const line of stdout.trim().split('\n')) t.match(line, /^ro,nosuid,nodev,noexec/)
  })
}

conform('with a cgroup namespace the path is /', (t, box) => {
  box.config.linux.namespaces.push({ type: 'cgroup' })
  const { stdout } = box.sh('cat /proc/self/cgroup')
  t.notMatch(stdout, box.id)
  t.match(stdout, /:\/$/m)
})

conform('without one it is that of the host', (t, box) => {
  t.match(box.sh('cat /proc/self/cgroup').stdout, `:/${box.id}`)
})

conform(
  'rw with a namespace: cgroups of its own',
  (t, box) => {
    box.config.linux.namespaces.push({ type: 'cgroup' })
    mount(box, 'cgroup', ['rw'])
    const place = v1 ? '/sys/fs/cgroup/pids' : '/sys/fs/cgroup'
    const { status, stderr } = box.sh(`mkdir ${place}/own && rmdir ${place}/own`)
    t.equal(status, 0, stderr)
  },
  { skip: existsSync('/sys/fs/cgroup/pids') || !v1 ? undefined : 'no pids controller' },
)

conform(
  'the names of the hierarchies are there, joined ones as symlinks',
  (t, box) => {
    mount(box, 'cgroup', ['ro'])
    const { stdout } = box.sh('ls /sys/fs/cgroup')
    const names = readFileSync('/proc/self/cgroup', 'utf8')
      .split('\n')
      .map((line) => line.split(':')[1] ?? '')
      .filter((name) => name !== '' && !name.startsWith('name='))
      .flatMap((name) => name.split(','))
    for (const name of names) t.ok(stdout.split('\n').includes(name), name)
  },
  { skip: v1 ? undefined : 'version 2 has one hierarchy' },
)

conform(
  'a cgroup2 mount on a host of version 1 is the unified hierarchy, or an error',
  (t, box) => {
    mount(box, 'cgroup2', ['ro'])
    const { status, stdout } = box.sh('cat /sys/fs/cgroup/cgroup.procs')
    t.ok(status !== 0 || /^\d*$/m.test(stdout))
  },
)

conform('nothing of the host’s other cgroups can be reached by ..', (t, box) => {
  box.config.linux.namespaces.push({ type: 'cgroup' })
  mount(box, 'cgroup', ['ro'])
  const { stdout } = box.sh(
    'ls -d /sys/fs/cgroup/*/../../../* /sys/fs/cgroup/*/*/..; find /sys/fs/cgroup -maxdepth 2 -type d | wc -l',
  )
  t.notMatch(stdout, box.id)
})

conform(
  'a named hierarchy is mounted from its name',
  (t, box) => {
    box.config.linux.namespaces.push({ type: 'cgroup' })
    mount(box, 'cgroup')
    const { stdout } = box.sh('cat /proc/self/mountinfo')
    t.match(stdout, /\/sys\/fs\/cgroup\/systemd .* - cgroup systemd /)
  },
  {
    skip:
      existsSync('/sys/fs/cgroup/systemd/cgroup.procs') && v1 ? undefined : 'no named hierarchy',
  },
)
