/** Limits that bite, seen from inside, with systemd's cgroups and with our own. */
import { readdirSync } from 'node:fs'
import { bundle, must, systemd, tsrun, type Wanted } from './box.ts'
import { test } from './tap.ts'

const MB = 2 ** 20

const drivers = { systemd, cgroupfs: tsrun } as const

/** Some disk of the guest, perhaps an empty one: opening it takes no capability. */
const disk = () => {
  const [major = 0, minor = 0] = (readdirSync('/sys/dev/block')[0] ?? '').split(':').map(Number)
  return { type: 'b', path: '/dev/disk', major, minor, fileMode: 0o666 } as const
}

const bites = (name: string, wanted: Wanted, status: number, output: RegExp): void => {
  for (const [driver, run] of Object.entries(drivers)) {
    test(`${name}, ${driver}`, (t) => {
      const ran = run('run', '--bundle', bundle(wanted), 'limited')
      t.equal(ran.status, status, `exit status, with ${ran.output}`)
      t.match(ran.output, output, 'output')
    })
  }
}

/** Systemd removes the cgroup as soon as its last process is gone: whoever tells of it must not be too late. */
const TIMES = 3

const starving = ([driver, run]: readonly [string, typeof tsrun]): void => {
  const directory = (limit: number): string =>
    bundle({ linux: { resources: { memory: { limit } } } })
  const told = (limit: string) =>
    new RegExp(`killed 1 process for lack of memory: the limit is ${limit}, at most`)
  test(`next to no memory: create says so, ${driver}`, (t) => {
    const ran = run('create', '--bundle', directory(4096), 'starved')
    t.equal(ran.status, 1, 'exit status')
    t.match(ran.output, told('4 KiB'), 'output')
  })
  test(`too little memory for a program: start says so, each time, ${driver}`, (t) => {
    for (let i = 0; i < TIMES; i++) {
      const limit = i % 2 ? 40 : 80
      // The kernel counts by the CPU: on occasion it is create that has no memory left.
      const made = run('create', '--bundle', directory(limit * 1024), 'starved')
      const ran = made.status === 0 ? tsrun('start', 'starved') : made
      t.equal(ran.status, 1, 'exit status')
      t.match(ran.output, told(`${limit} KiB`), 'output')
      if (made.status === 0) {
        t.match(must(tsrun('state', 'starved')), told(`${limit} KiB`), 'state')
        must(tsrun('delete', 'starved'))
      }
    }
  })
  test(`too little memory later: run says so, each time, ${driver}`, (t) => {
    const greedy = ['dd', 'if=/dev/zero', 'of=/dev/null', `bs=${100 * MB}`, 'count=1']
    const linux = { resources: { memory: { limit: 20 * MB } } }
    const [last, inner] = [greedy, [...shell(`${greedy.join(' ')}; exit 5`)]].map((args) =>
      bundle({ args, linux }),
    ) as [string, string]
    for (let i = 0; i < TIMES; i++) {
      const ran = run('run', '--bundle', i % 2 ? last : inner, 'starved')
      t.equal(ran.status, i % 2 ? 137 : 5, 'exit status')
      t.match(ran.output, told('20 MiB'), 'output')
    }
  })
}

const shell = (script: string): readonly string[] => ['sh', '-c', script]

export const limits = (): void => {
  bites(
    'processes',
    {
      args: shell('for i in 1 2 3 4 5 6; do sleep 5 & done; echo all'),
      linux: { resources: { pids: { limit: 4 } } },
    },
    2,
    /can't fork/,
  )
  bites(
    'processor time',
    {
      args: shell('i=0; while [ $i -lt 3000 ]; do i=$((i+1)); done; cat /sys/fs/cgroup/cpu.stat'),
      cgroupNamespace: true,
      linux: { resources: { cpu: { quota: 2000, period: 20000 } } },
    },
    0,
    /nr_throttled [1-9]/,
  )
  const node = disk()
  for (const access of ['', 'r']) {
    const rules = [
      { allow: false, access: 'rwm' },
      ...(access
        ? [{ allow: true, type: node.type, major: node.major, minor: node.minor, access }]
        : []),
    ]
    bites(
      access ? 'a device that is allowed' : 'a device that is not allowed',
      {
        args: shell(
          'dd if=/dev/disk of=/dev/null bs=512 count=1 2>&1; cat </dev/null && echo null',
        ),
        linux: { devices: [node], resources: { devices: rules } },
      },
      0,
      access ? /records in[^]*null/ : /Operation not permitted[^]*null/,
    )
  }
  bites(
    'memory',
    {
      args: ['dd', 'if=/dev/zero', 'of=/dev/null', `bs=${100 * MB}`, 'count=1'],
      linux: { resources: { memory: { limit: 20 * MB } } },
    },
    137,
    /killed 1 process for lack of memory: the limit is 20 MiB, at most 20 MiB were used/,
  )
  Object.entries(drivers).forEach(starving)
  test('an out-of-memory kill is told', (t) => {
    const linux = { resources: { memory: { limit: 20 * MB } } }
    const script = `dd if=/dev/zero of=/dev/null bs=${100 * MB} count=1; sleep 999`
    const directory = bundle({ args: shell(script), linux })
    must(systemd('run', '--detach', '--bundle', directory, 'oom'))
    must(tsrun('exec', 'oom', 'sleep', '2'))
    const { output } = systemd('delete', '--force', 'oom')
    t.match(output, /killed 1 process for lack of memory: the limit is 20 MiB/, 'by delete')
  })
}
