/**
 * `npx tsx conformance/side-by-side.ts RUNTIME RUNTIME [BUNDLE…]`: the same bundles with two runtimes, and what differs
 * for the program inside: its status, mounts, limits, cgroups, environment, devices.
 */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { addUserNamespace, type Config } from './harness/config.ts'
import { BUSYBOX, makeRootfs } from './harness/rootfs.ts'

/** Busybox by its own name: an image need not have links to it. */
const probe = `
b=/bin/busybox
for f in status mountinfo limits cgroup oom_score_adj uid_map setgroups loginuid attr/current timerslack_ns personality; do
  $b echo "@ $f"; $b cat /proc/self/$f 2>&1
done
$b echo "@ environment"; $b tr '\\0' '\\n' < /proc/1/environ 2>&1
$b echo "@ devices"; $b find /dev -exec $b stat -c '%n %F %a %u %g %t %T %N' {} +
$b echo "@ descriptors"; ($b ls -l /proc/1/fd | $b sed 's/.*:[0-9][0-9] //')
$b echo "@ sysctl"; $b cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/net/ipv4/ping_group_range /proc/sys/kernel/hostname 2>&1
$b echo "@ network"; $b ip addr 2>&1
$b echo "@ place"; $b pwd; $b umask; $b stat -c '%a %u %g' / /proc /sys /dev /dev/shm /dev/pts 2>&1
$b echo "@ session"; $b cut -d' ' -f4-8 /proc/1/stat
`

const configs: Readonly<Record<string, (config: Config) => void>> = {
  default: () => {},
  'all namespaces': (config) => {
    config.linux.namespaces.push({ type: 'cgroup' })
  },
  'no namespaces but mount': (config) => {
    config.linux.namespaces = [{ type: 'mount' }]
    delete config['hostname']
    config.mounts = config.mounts.filter(({ type }) => type !== 'sysfs' && type !== 'mqueue')
  },
  'user namespace': (config) => addUserNamespace(config),
  'another user': (config) => {
    config.process.user = { uid: 1000, gid: 1000, additionalGids: [5], umask: 0o77 }
    config.process.cwd = '/tmp'
  },
  'writable root, no capabilities': (config) => {
    config.root.readonly = false
    delete config.process['capabilities']
    config.process['noNewPrivileges'] = false
  },
  'limits of resources': (config) => {
    config.linux['resources'] = {
      memory: { limit: 67108864 },
      pids: { limit: 50 },
      cpu: { shares: 512 },
    }
    config.process['oomScoreAdj'] = 500
  },
  'a cgroup mount': (config) => {
    config.linux.namespaces.push({ type: 'cgroup' })
    config.mounts.push({
      destination: '/sys/fs/cgroup',
      type: 'cgroup',
      source: 'cgroup',
      options: ['nosuid', 'noexec', 'nodev', 'relatime', 'ro'],
    })
  },
  'host’s /dev': (config) => {
    config.mounts = config.mounts.filter(({ destination }) => !destination.startsWith('/dev'))
    config.mounts.push({ destination: '/dev', source: '/dev', options: ['rbind', 'rslave'] })
  },
  'no mounts but /proc': (config) => {
    config.mounts = config.mounts.filter(({ destination }) => destination === '/proc')
  },
  devices: (config) => {
    config.linux['devices'] = [
      { path: '/dev/fuse', type: 'c', major: 10, minor: 229, fileMode: 0o666 },
    ]
  },
  'propagation shared': (config) => {
    config.linux['rootfsPropagation'] = 'slave'
  },
}

/** What is different in every container: ids of mounts and processes, counters. */
const normalise = (text: string, id: string): string[] => {
  let section = ''
  return text
    .replaceAll(id, 'ID')
    .split('\n')
    .flatMap((line) => {
      if (line.startsWith('@ ')) section = line.slice(2)
      if (section === 'mountinfo') {
        line = line
          .replace(/^\d+ \d+ \d+:\d+/, '')
          .replace(/(shared|master|propagate_from):\d+/g, '$1:N')
      }
      if (
        section === 'status' &&
        !/^(Uid|Gid|Groups|Umask|Sig|Cap|NoNew|Seccomp|Spec|Cpus_allowed_list|Mems_allowed_list|Threads|CoreDump|THP)/.test(
          line,
        )
      ) {
        return line.startsWith('@') ? [line] : []
      }
      if (section === 'descriptors') line = line.replace(/(pipe|socket):\[\d+\]/, 'stream')
      if (section === 'session') line = line.replace(/^\d+/, 'PPID')
      return [section === '' || line === '' ? line : `${section}: ${line}`]
    })
}

const see = (runtime: string, bundle: string, config: Config, id: string): string[] => {
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(config))
  const state = mkdtempSync(join(tmpdir(), 'side-state-'))
  const { status, stdout, stderr } = spawnSync(
    runtime,
    ['--root', state, 'run', '--bundle', bundle, id],
    {
      encoding: 'utf8',
      input: '',
      timeout: 20_000,
    },
  )
  spawnSync(runtime, ['--root', state, 'delete', '--force', id])
  rmSync(state, { recursive: true, force: true })
  return [
    `exit status ${status}`,
    ...normalise(stdout, id),
    ...(status === 0 ? [] : [`stderr: ${stderr.trim()}`]),
  ]
}

/** Lines that only one of the two has. The order of mounts counts for less than their presence. */
const differences = (left: readonly string[], right: readonly string[]): string[] => [
  ...left.filter((line) => !right.includes(line)).map((line) => `  < ${line}`),
  ...right.filter((line) => !left.includes(line)).map((line) => `  > ${line}`),
]

const [first, second, ...bundles] = process.argv.slice(2)
if (first === undefined || second === undefined) {
  console.error('usage: side-by-side RUNTIME RUNTIME [BUNDLE…]')
  process.exitCode = 2
} else {
  const work = mkdtempSync(join(tmpdir(), 'side-'))
  // Whoever is root in a user namespace must get there, too.
  chmodSync(work, 0o755)
  const own = join(work, 'bundle')
  mkdirSync(join(own, 'rootfs'), { recursive: true })
  makeRootfs(join(own, 'rootfs'))
  spawnSync('runc', ['spec', '--bundle', own], { stdio: 'inherit' })
  if (!existsSync(join(own, 'config.json'))) spawnSync(first, ['spec', '--bundle', own])
  let different = 0
  const compare = (name: string, bundle: string, config: Config): void => {
    Object.assign(config.process, { terminal: false, args: ['/bin/busybox', 'sh', '-c', probe] })
    // One id for both: it is in paths and host names.
    const id = `side-${process.pid}`
    config.linux.cgroupsPath = `/${id}`
    const found = differences(see(first, bundle, config, id), see(second, bundle, config, id))
    different += found.length
    console.log(`${name}: ${found.length === 0 ? 'the same' : `${found.length} lines differ`}`)
    for (const line of found) console.log(line)
  }
  const text = readFileSync(join(own, 'config.json'), 'utf8')
  for (const [name, change] of Object.entries(configs)) {
    const config: Config = JSON.parse(text)
    change(config)
    compare(name, own, config)
  }
  for (const bundle of bundles.map((path) => resolve(path))) {
    const copy = join(work, 'copy')
    cpSync(bundle, copy, { recursive: true, verbatimSymlinks: true })
    cpSync(BUSYBOX, join(copy, 'rootfs/bin/busybox'))
    compare(bundle, copy, JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8')))
    rmSync(copy, { recursive: true, force: true })
  }
  rmSync(work, { recursive: true, force: true })
  console.log(`${different} differences: < ${first}, > ${second}`)
}
