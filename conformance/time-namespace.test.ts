/** config-linux.md#offset-for-time-namespace: clocks of a container. */
import { readFileSync } from 'node:fs'
import { conform } from './harness/conform.ts'
import type { Config } from './harness/config.ts'

const differs = { runc: '1.1 has no time namespaces', crun: '1.8 writes no offsets' }
const runcOnly = { runc: differs.runc }

const offset = (config: Config, timeOffsets: object): void => {
  config.ociVersion = '1.1.0'
  config.linux.namespaces.push({ type: 'time' })
  config.linux['timeOffsets'] = timeOffsets
}

const OFFSETS = 'cat /proc/self/timens_offsets'

for (const [name, timeOffsets, monotonic, boottime] of [
  [
    'both',
    { monotonic: { secs: 100, nanosecs: 5 }, boottime: { secs: 864000 } },
    '100 5',
    '864000 0',
  ],
  ['monotonic', { monotonic: { secs: 7, nanosecs: 999999999 } }, '7 999999999', '0 0'],
  ['boottime', { boottime: { secs: 3, nanosecs: 1 } }, '0 0', '3 1'],
  ['nanoseconds alone', { boottime: { nanosecs: 500 } }, '0 0', '0 500'],
  ['none', {}, '0 0', '0 0'],
] as const) {
  conform(
    `offsets: ${name}`,
    (t, box) => {
      offset(box.config, timeOffsets)
      const { status, stdout, stderr } = box.sh(OFFSETS)
      t.equal(status, 0, stderr)
      const lines = stdout.trim().replaceAll(/ +/g, ' ').split('\n')
      t.strictSame(lines, [`monotonic ${monotonic}`, `boottime ${boottime}`])
    },
    { differs: runcOnly },
  )
}

conform(
  'the boot time is another one, the wall clock is not',
  (t, box) => {
    offset(box.config, { boottime: { secs: 864000 } })
    const [uptime, date] = box.sh('cut -d. -f1 /proc/uptime; date +%s').stdout.trim().split('\n')
    const host = Number(readFileSync('/proc/uptime', 'utf8').split('.')[0])
    t.ok(Math.abs(Number(uptime) - host - 864000) < 10, `${uptime}`)
    t.ok(Math.abs(Number(date) - Date.now() / 1000) < 10, `${date}`)
  },
  { differs: runcOnly },
)

conform(
  'exec has the same clocks',
  (t, box) => {
    offset(box.config, { boottime: { secs: 864000 } })
    box.config.process.args = ['sleep', '100']
    box.create()
    box.start()
    const { stdout, stderr } = box.call(['exec', box.id, 'cut', '-d.', '-f1', '/proc/uptime'])
    t.ok(Number(stdout) >= 864000, `${stdout} ${stderr}`)
  },
  { differs: runcOnly },
)

conform(
  'with a user namespace',
  (t, box) => {
    offset(box.config, { boottime: { secs: 5 } })
    box.config.linux.namespaces.push({ type: 'user' })
    box.config.linux['uidMappings'] = [{ containerID: 0, hostID: 0, size: 65536 }]
    box.config.linux['gidMappings'] = [{ containerID: 0, hostID: 0, size: 65536 }]
    const { status, stdout, stderr } = box.sh(OFFSETS)
    t.equal(status, 0, stderr)
    t.match(stdout, /boottime\s+5\s/)
  },
  { differs: runcOnly },
)

for (const [name, change] of [
  [
    'offsets without a time namespace',
    (config: Config) => (config.linux['timeOffsets'] = { boottime: { secs: 1 } }),
  ],
  ['a second of nanoseconds', (config: Config) => offset(config, { boottime: { nanosecs: 1e9 } })],
  [
    'a time before the clock began',
    (config: Config) => offset(config, { monotonic: { secs: -1e9 } }),
  ],
  ['a clock that does not exist', (config: Config) => offset(config, { boottime: { secs: 'x' } })],
] as const) {
  conform(
    `refused: ${name}`,
    (t, box) => {
      change(box.config)
      t.not(box.create().status, 0)
      t.equal(box.stateNow(), undefined)
    },
    { differs: { ...differs } },
  )
}
