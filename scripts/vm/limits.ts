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
    /(?:)/,
  )
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
