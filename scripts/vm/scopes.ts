/** Scopes of systemd: what it is told, what the kernel then has, and that nothing is left. */
import { readFileSync, readdirSync } from 'node:fs'
import type { Resources } from '../../lib/spec/types.ts'
import {
  bundle,
  cgroupsLike,
  command,
  control,
  filesOf,
  must,
  show,
  systemd,
  tsrun,
  TSRUN,
} from './box.ts'
import { test, skip } from './tap.ts'

const PROPERTIES = [
  'Slice',
  'Delegate',
  'MemoryMax',
  'MemoryLow',
  'MemoryHigh',
  'MemorySwapMax',
  'CPUWeight',
  'CPUQuotaPerSecUSec',
  'CPUQuotaPeriodUSec',
  'AllowedCPUs',
  'AllowedMemoryNodes',
  'TasksMax',
  'DevicePolicy',
  'CPUAccounting',
  'MemoryAccounting',
  'IOAccounting',
  'TasksAccounting',
  'DefaultDependencies',
]

const MB = 2 ** 20

/** Several at a time, because each container takes a slow guest a second. */
const matrix: readonly Resources[] = [
  {},
  {
    memory: { limit: 64 * MB, swap: 128 * MB, reservation: 32 * MB },
    cpu: { shares: 262144, quota: 25500, period: 50000, cpus: '0', mems: '0' },
    pids: { limit: 50 },
  },
  {
    memory: { limit: -1 },
    cpu: { quota: -1, shares: 2 },
    pids: { limit: -1 },
    blockIO: { weight: 300 },
  },
  {
    unified: { 'memory.high': '50000000', 'memory.min': '4096', 'cpu.max': '10000 20000' },
    hugepageLimits: [{ pageSize: '2MB', limit: 4 * MB }],
  },
]

/** Newer than the oracle that may be there, or only another spelling. */
const OURS = new Set(['hugetlb.2MB.rsvd.max'])

/** Both ways: as a scope, and as a cgroup of the runtime's own. */
const compare = (resources: Resources, options: readonly string[]): void =>
  test(`as runc does it: ${options.join(' ')} ${JSON.stringify(resources)}`, (t) => {
    const found = ['tsrun', 'runc'].map((name) => {
      const unit = `guest-${name}.scope`
      const [cgroupsPath, path] = options.length
        ? [`system.slice:guest:${name}`, `system.slice/${unit}`]
        : [`/guest-${name}`, `guest-${name}`]
      const directory = bundle({ linux: { resources, cgroupsPath } })
      const call = (...args: readonly string[]): string =>
        must(name === 'tsrun' ? tsrun(...options, ...args) : command(name, ...options, ...args))
      call('create', '--bundle', directory, name)
      const properties = options.length ? show(unit, PROPERTIES) : {}
      const files = filesOf(path)
      call('delete', '--force', name)
      return { properties, files }
    })
    const [ours, theirs] = found as [(typeof found)[0], (typeof found)[0]]
    t.equal(ours.properties, theirs.properties, 'properties')
    for (const [file, value] of Object.entries(theirs.files)) {
      if (!OURS.has(file)) t.equal(ours.files[file], value, file)
    }
    t.equal(Object.keys(ours.files), Object.keys(theirs.files), 'which files')
  })

const updates = (): void =>
  test('update tells systemd and the kernel the same, and a reload changes nothing', (t) => {
    const linux = {
      resources: { memory: { limit: 64 * MB }, cpu: { quota: 25500, period: 50000 } },
      cgroupsPath: ':guest:update',
    }
    must(systemd('create', '--bundle', bundle({ linux }), 'update'))
    must(systemd('update', '--memory', String(96 * MB), '--pids-limit', '60', 'update'))
    must(systemd('update', '--cpu-quota', '12345', 'update'))
    t.equal(control('system.slice/guest-update.scope', 'cpu.max'), '12345 50000', 'exact')
    // At a reload systemd reads whole percentages.
    must(systemd('update', '--cpu-quota', '12500', 'update'))
    must(systemd('update', '--blkio-weight', '300', 'update'))
    const expected = {
      'memory.max': String(96 * MB),
      'pids.max': '60',
      'cpu.max': '12500 50000',
      'io.weight': 'default 2930',
    }
    const kernel = (): object =>
      Object.fromEntries(
        Object.keys(expected).map((file) => [
          file,
          control('system.slice/guest-update.scope', file),
        ]),
      )
    t.equal(kernel(), expected, 'the kernel')
    t.equal(
      show('guest-update.scope', ['MemoryMax', 'TasksMax', 'CPUQuotaPerSecUSec']),
      { MemoryMax: String(96 * MB), TasksMax: '60', CPUQuotaPerSecUSec: '250ms' },
      'systemd',
    )
    must(command('systemctl', 'daemon-reload'))
    t.equal(kernel(), expected, 'after a reload')
    const refused = systemd('update', '--cpu-quota', '1', 'update')
    t.match(refused.output, /set CPU quota to 1 50000 in /, 'what the kernel does not take')
    t.equal(kernel(), expected, 'and it is as before')
    must(systemd('delete', '--force', 'update'))
  })

const annotations = (): void =>
  test('org.systemd.property annotations', (t) => {
    const annotated = {
      'org.systemd.property.TimeoutStopSec': 'uint64 7',
      'org.systemd.property.CollectMode': `'inactive-or-failed'`,
      'org.systemd.property.Documentation': `['https://example.org']`,
    }
    must(systemd('create', '--bundle', bundle({ annotations: annotated }), 'noted'))
    const wanted = {
      CollectMode: 'inactive-or-failed',
      TimeoutStopUSec: '7s',
      Documentation: 'https://example.org',
    }
    const found = show('tsrun-noted.scope', Object.keys(wanted))
    for (const [name, value] of Object.entries(wanted)) t.equal(found[name], value, name)
    must(systemd('delete', '--force', 'noted'))
    const nonsense = bundle({ annotations: { 'org.systemd.property.Nonsense': 'true' } })
    const { status, output } = systemd('create', '--bundle', nonsense, 'nonsense')
    t.ok(status !== 0, 'an unknown one is an error')
    t.match(output, /make systemd unit tsrun-nonsense\.scope: .*Nonsense/, 'that names it')
    t.match(output, /\/annotations\/org\.systemd\.property\.Nonsense/, 'and where it is')
  })

const taken = (): void =>
  test("somebody else's unit is refused and stays", (t) => {
    const directory = bundle({ linux: { cgroupsPath: ':guest:taken' } })
    must(systemd('create', '--bundle', directory, 'taken'))
    const { status, output } = systemd('create', '--bundle', directory, 'taker')
    t.ok(status !== 0, 'refused')
    t.match(output, /guest-taken\.scope.*UnitExists/, 'with a reason')
    t.equal(JSON.parse(must(systemd('state', 'taken'))).status, 'created', 'still there')
    must(systemd('delete', '--force', 'taken'))
  })

const inner = (): void =>
  test('cgroups that the container made go with it', (t) => {
    const script = `mkdir -p /sys/fs/cgroup/a/b; sleep 999 & echo $! >/sys/fs/cgroup/a/b/cgroup.procs; sleep 999`
    const directory = bundle({ args: ['sh', '-c', script], cgroupNamespace: true, uid: 5 })
    must(systemd('run', '--detach', '--bundle', directory, 'inner'))
    let made: readonly string[] = []
    for (let tries = 0; tries < 50 && made.length === 0; tries++) {
      made = cgroupsLike(/^b$/, 'system.slice/tsrun-inner.scope')
      command('sleep', '0.1')
    }
    t.equal(made.length, 1, 'a user of the container may make cgroups in its own')
    must(systemd('delete', '--force', 'inner'))
    t.equal(cgroupsLike(/tsrun-inner/), [], 'none is left')
  })

const slice = (): void =>
  test('a slice as the unit', (t) => {
    const linux = {
      cgroupsPath: 'guest.slice::guest-pod.slice',
      resources: { memory: { limit: 64 * MB } },
    }
    must(systemd('create', '--bundle', bundle({ linux }), 'slice'))
    const path = 'guest.slice/guest-pod.slice'
    t.equal(control(path, 'memory.max'), String(64 * MB), 'limited')
    t.ok(control(path, 'cgroup.procs') !== '', 'the container is in it')
    must(systemd('delete', '--force', 'slice'))
    t.equal(cgroupsLike(/guest-pod/), [], 'gone')
  })

const isNamed = (pid: string, name: RegExp): boolean => {
  try {
    return /^\d+$/.test(pid) && name.test(readFileSync(`/proc/${pid}/comm`, 'utf8').trim())
  } catch {
    return false
  }
}

/** What containers could leave behind. */
const inventory = (): object => ({
  processes: readdirSync('/proc').filter((pid) => isNamed(pid, /^(sleep|tsrun)$/)),
  mounts: readFileSync('/proc/self/mountinfo', 'utf8').split('\n').length,
  cgroups: cgroupsLike(/many/),
  states: must(tsrun('list', '-q')),
  units: command('systemctl', 'list-units', '--all', '--plain', '--no-legend', '*many*').output,
})

const many = (option: string): void =>
  test(`twenty at once ${option}`, (t) => {
    const before = inventory()
    const directory = bundle({})
    const each = (what: string): void => {
      const script = `s=0; for i in $(seq 20); do ${what} & p="$p $!"; done; for i in $p; do wait $i || s=1; done; exit $s`
      const program = `"$0" --root /run/tsrun-vm ${option}`
      must(command('sh', '-c', script.replaceAll('TSRUN', program), TSRUN))
    }
    each(`TSRUN run --detach --bundle ${directory} many$i`)
    t.equal(cgroupsLike(/many/).length, 20, 'there')
    each('TSRUN delete --force many$i')
    t.equal(inventory(), before, 'gone')
  })

const nothingLeft = (): void =>
  test('no unit and no cgroup is left', (t) => {
    t.equal(cgroupsLike(/^(tsrun|guest)-/), [], 'cgroups')
    const units = command(
      'systemctl',
      'list-units',
      '--all',
      '--plain',
      '--no-legend',
      'tsrun-*',
      'guest-*',
    )
    t.equal(units.output, '', 'units')
  })

export const scopes = (): void => {
  const hasRunc = command('sh', '-c', 'command -v runc').status === 0
  for (const resources of matrix) {
    if (hasRunc) for (const options of [['--systemd-cgroup'], []]) compare(resources, options)
    else skip(`as runc does it: ${JSON.stringify(resources)}`, 'the guest has no runc')
  }
  updates()
  annotations()
  taken()
  inner()
  slice()
  many('--systemd-cgroup')
  many('')
  nothingLeft()
}
