/** config.md#process: scheduler, ioPriority, execCPUAffinity; config-linux.md: memoryPolicy, personality. */
import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { conform } from './harness/conform.ts'
import type { Box } from './harness/box.ts'

const scheduler = {
  runc: '1.1 knows no scheduler',
  crun: '1.8 knows only the beginnings of it',
}
const newer = (what: string): { differs: Record<string, string> } => ({
  differs: { runc: `1.1 knows no ${what}`, crun: `1.8 knows no ${what}` },
})

/** proc_pid_stat(5), the nice value is field 19, priority and policy are 40 and 41. */
const STAT =
  'set -- $(sed "s/.*) //" /proc/self/stat); shift 16; echo nice $1; shift 21; echo $1 $2'

const POLICIES = {
  SCHED_OTHER: 0,
  SCHED_FIFO: 1,
  SCHED_RR: 2,
  SCHED_BATCH: 3,
  SCHED_IDLE: 5,
} as const

for (const [settings, nice, priority] of [
  [{ policy: 'SCHED_OTHER' }, 0, 0],
  [{ policy: 'SCHED_OTHER', nice: 5 }, 5, 0],
  [{ policy: 'SCHED_OTHER', nice: -7 }, -7, 0],
  [{ policy: 'SCHED_BATCH', nice: 19 }, 19, 0],
  [{ policy: 'SCHED_IDLE' }, 0, 0],
  [{ policy: 'SCHED_FIFO', priority: 10 }, undefined, 10],
  [{ policy: 'SCHED_RR', priority: 1 }, undefined, 1],
  [{ policy: 'SCHED_OTHER', nice: 3, flags: ['SCHED_FLAG_RESET_ON_FORK'] }, 3, 0],
] as const) {
  conform(
    `scheduler ${JSON.stringify(settings)}`,
    (t, box) => {
      box.config.ociVersion = '1.1.0'
      box.config.process['scheduler'] = settings
      // Where the kernel counts realtime by cgroup, a new one has none of it.
      const counts = existsSync('/sys/fs/cgroup/cpu/cpu.rt_runtime_us')
      const cpu = { realtimePeriod: 1_000_000, realtimeRuntime: 10_000 }
      if (priority > 0 && counts) box.config.linux['resources'] = { cpu }
      // Of the first process: its children are reset by the flag.
      const { status, stdout, stderr } = box.sh(STAT.replaceAll('/self/', '/1/'))
      t.equal(status, 0, stderr)
      const [niceLine, line] = stdout.trim().split('\n')
      if (nice !== undefined) t.equal(niceLine, `nice ${nice}`)
      t.equal(line, `${priority} ${POLICIES[settings.policy]}`)
    },
    { differs: scheduler },
  )
}

conform(
  'SCHED_DEADLINE',
  (t, box) => {
    box.config.ociVersion = '1.1.0'
    const settings = { runtime: 1_000_000, deadline: 10_000_000, period: 10_000_000 }
    box.config.process['scheduler'] = { policy: 'SCHED_DEADLINE', ...settings }
    // Such a process cannot fork: it has to look at itself.
    box.config.process.args = ['cat', '/proc/self/stat']
    const { status, stdout, stderr } = box.run()
    t.equal(status, 0, stderr)
    t.equal(stdout.replace(/.*\) /, '').split(' ')[38], '6')
  },
  { differs: scheduler },
)

for (const [name, settings] of [
  ['an unknown policy', { policy: 'SCHED_COLOUR' }],
  ['a priority out of range', { policy: 'SCHED_FIFO', priority: 100 }],
  ['no priority', { policy: 'SCHED_RR' }],
  ['a priority where there is none', { policy: 'SCHED_OTHER', priority: 5 }],
  ['a nice value out of range', { policy: 'SCHED_OTHER', nice: 20 }],
  ['no policy', { nice: 5 }],
  ['an unknown flag', { policy: 'SCHED_OTHER', flags: ['SCHED_FLAG_COLOUR'] }],
] as const) {
  conform(
    `refused: a scheduler with ${name}`,
    (t, box) => {
      box.config.ociVersion = '1.1.0'
      box.config.process['scheduler'] = settings
      t.not(box.run().status, 0)
      t.equal(box.stateNow(), undefined)
    },
    { differs: scheduler },
  )
}

conform(
  'a scheduler without the capability for it: set before the capabilities are given up',
  (t, box) => {
    box.config.ociVersion = '1.1.0'
    box.config.process['scheduler'] = { policy: 'SCHED_OTHER', nice: -5 }
    box.config.process.user = { uid: 1000, gid: 1000 }
    box.config.process['capabilities'] = {}
    t.match(box.sh(STAT).stdout, /^nice -5$/m)
  },
  { differs: scheduler },
)

for (const [klass, priority, shown] of [
  ['IOPRIO_CLASS_BE', 4, 'best-effort: prio 4'],
  ['IOPRIO_CLASS_BE', 0, 'best-effort: prio 0'],
  ['IOPRIO_CLASS_RT', 7, 'realtime: prio 7'],
  ['IOPRIO_CLASS_IDLE', 0, 'idle'],
] as const) {
  conform(
    `ioPriority ${klass} ${priority}`,
    (t, box) => {
      box.config.ociVersion = '1.1.0'
      box.config.process['ioPriority'] = { class: klass, priority }
      const { status, stdout, stderr } = box.sh('ionice -p 1')
      t.equal(status, 0, stderr)
      t.match(stdout, new RegExp(`^${shown}`))
    },
    newer('ioPriority'),
  )
}

for (const value of [
  { class: 'IOPRIO_CLASS_COLOUR', priority: 1 },
  { class: 'IOPRIO_CLASS_BE', priority: 8 },
  { class: 'IOPRIO_CLASS_BE', priority: -1 },
]) {
  conform(
    `refused: ioPriority ${JSON.stringify(value)}`,
    (t, box) => {
      box.config.ociVersion = '1.1.0'
      box.config.process['ioPriority'] = value
      t.not(box.run().status, 0)
      t.equal(box.stateNow(), undefined)
    },
    newer('ioPriority'),
  )
}

const AFFINITY = 'sed -n "s/^Cpus_allowed_list:\\t//p" /proc/self/status'
const several = availableParallelism() > 1 ? undefined : 'needs two CPUs'

const up = (box: Box): void => {
  box.config.ociVersion = '1.2.1'
  box.config.process.args = ['sleep', '100']
  box.create()
  box.start()
}

for (const [affinity, expected] of [
  [{ final: '0' }, '0'],
  [{ final: '1' }, '1'],
  [{ initial: '0', final: '1' }, '1'],
  [{ initial: '0', final: '0-1' }, '0-1'],
] as const) {
  conform(
    `execCPUAffinity ${JSON.stringify(affinity)}`,
    (t, box) => {
      box.config.process['execCPUAffinity'] = affinity
      up(box)
      const { stdout, stderr } = box.call(['exec', box.id, '/bin/sh', '-c', AFFINITY])
      t.equal(stdout, `${expected}\n`, stderr)
      const own = readFileSync(`/proc/${box.stateNow()!.pid}/status`, 'utf8')
      t.equal(
        /Cpus_allowed_list:\t(.*)/.exec(own)?.[1],
        /Cpus_allowed_list:\t(.*)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1],
        'not for the first process',
      )
    },
    { ...newer('execCPUAffinity'), skip: several },
  )
}

conform(
  'execCPUAffinity: the initial one is told by --debug',
  (t, box) => {
    box.config.process['execCPUAffinity'] = { initial: '0-1' }
    up(box)
    const { status, stderr } = box.call(['--debug', 'exec', box.id, 'true'])
    t.equal(status, 0, stderr)
    t.match(stderr, /affinity: 0x3\b/)
  },
  { ...newer('execCPUAffinity'), skip: several },
)

conform(
  'the affinity of the runtime is not that of the container',
  (t, box) => {
    const { stdout } = box.sh(AFFINITY, { wrap: ['taskset', '-c', '0'] })
    t.ok(['0\n', `0-${availableParallelism() - 1}\n`].includes(stdout), stdout)
  },
  { skip: several },
)

const numa = existsSync('/sys/devices/system/node/node0') ? undefined : 'the kernel has no NUMA'
/** What the heap of a process has. */
const POLICY = 'grep -E "heap" /proc/self/numa_maps | cut -d" " -f2 | head -1'

for (const [policy, expected] of [
  [{ mode: 'MPOL_DEFAULT' }, /^default/],
  [{ mode: 'MPOL_LOCAL' }, /^local/],
  [{ mode: 'MPOL_BIND', nodes: '0' }, /^bind:0/],
  [{ mode: 'MPOL_PREFERRED', nodes: '0' }, /^prefer:0|^prefer \(many\):0/],
  [{ mode: 'MPOL_INTERLEAVE', nodes: '0' }, /^interleave:0/],
  [{ mode: 'MPOL_BIND', nodes: '0', flags: ['MPOL_F_STATIC_NODES'] }, /^bind=static:0/],
  [{ mode: 'MPOL_BIND', nodes: '0', flags: ['MPOL_F_RELATIVE_NODES'] }, /^bind=relative:0/],
] as const) {
  conform(
    `memoryPolicy ${JSON.stringify(policy)}`,
    (t, box) => {
      box.config.ociVersion = '1.3.0'
      box.config.linux['memoryPolicy'] = policy
      const { status, stdout, stderr } = box.sh(POLICY)
      t.equal(status, 0, stderr)
      t.match(stdout, expected)
    },
    { ...newer('memoryPolicy'), skip: numa },
  )
}

for (const policy of [
  { mode: 'MPOL_COLOUR' },
  { mode: 'MPOL_BIND', nodes: '4096' },
  { mode: 'MPOL_BIND', nodes: 'x' },
  { mode: 'MPOL_BIND', nodes: '0', flags: ['MPOL_F_COLOUR'] },
  { nodes: '0' },
]) {
  conform(
    `refused: memoryPolicy ${JSON.stringify(policy)}`,
    (t, box) => {
      box.config.ociVersion = '1.3.0'
      box.config.linux['memoryPolicy'] = policy
      t.not(box.run().status, 0)
      t.equal(box.stateNow(), undefined)
    },
    { ...newer('memoryPolicy'), skip: numa },
  )
}

for (const [domain, machine] of [
  ['LINUX', /x86_64|aarch64/],
  ['LINUX32', /i686|armv/],
] as const) {
  conform(`personality ${domain}`, (t, box) => {
    box.config.linux['personality'] = { domain }
    const { status, stdout, stderr } = box.sh('uname -m; cat /proc/self/personality')
    t.equal(status, 0, stderr)
    t.match(stdout, machine)
    t.match(stdout, domain === 'LINUX32' ? /\n00000008\n/ : /\n00000000\n/)
  })
}

conform('exec has the personality, too', (t, box) => {
  box.config.linux['personality'] = { domain: 'LINUX32' }
  up(box)
  t.match(box.call(['exec', box.id, 'uname', '-m']).stdout, /i686|armv/)
})

conform('refused: an unknown personality', (t, box) => {
  box.config.linux['personality'] = { domain: 'COLOUR' }
  t.not(box.run().status, 0)
  t.equal(box.stateNow(), undefined)
})
