/**
 * `npm run doctor`: what this host has and lacks for building, testing and running tsrun.
 *
 * Plain JavaScript, so that it runs before `npm ci` and on a Node that is too old for the rest.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { release } from 'node:os'

const read = (file) => {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return undefined
  }
}

const version = (text) => text.split('.').map(Number)

const atLeast = (text, wanted) => {
  const [major = 0, minor = 0] = version(text)
  const [wantedMajor = 0, wantedMinor = 0] = version(wanted)
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
}

/** Whether the dynamic linker knows a library. */
const library = (name) => {
  const { stdout } = spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' })
  return (stdout ?? '').includes(name)
}

const program = (name) =>
  (process.env.PATH ?? '').split(':').some((directory) => existsSync(`${directory}/${name}`))

const cgroups = () => {
  if (existsSync('/sys/fs/cgroup/cgroup.controllers')) return 'v2'
  if (existsSync('/sys/fs/cgroup/unified')) return 'v1 and v2 (hybrid)'
  return existsSync('/sys/fs/cgroup/memory') ? 'v1' : undefined
}

const namespaces = () => readdirSync('/proc/self/ns').filter((name) => !name.includes('_'))

/** [what, how it stands, whether that is enough, what it is needed for] */
const findings = () => [
  ['system', process.platform, process.platform === 'linux', 'everything'],
  ['machine', process.arch, ['x64', 'arm64'].includes(process.arch), 'the binary'],
  ['Node', process.versions.node, atLeast(process.versions.node, '20.19'), 'building and testing'],
  [
    'npm ci',
    existsSync('node_modules/koffi') ? 'done' : 'not done',
    existsSync('node_modules/koffi'),
    'building and testing',
  ],
  ['kernel', release(), atLeast(release(), '5.6'), 'openat2(2)'],
  [
    'user',
    process.getuid?.() === 0 ? 'root' : 'not root',
    process.getuid?.() === 0,
    'the demo, and most tests',
  ],
  ['namespaces', namespaces().join(' '), namespaces().length >= 7, 'containers'],
  ['cgroups', cgroups() ?? 'not mounted', cgroups() !== undefined, 'limits'],
  [
    'seccomp',
    read('/proc/sys/kernel/seccomp/actions_avail') ?? 'no',
    existsSync('/proc/sys/kernel/seccomp'),
    'filters of system calls',
  ],
  ['libstdc++', library('libstdc++.so.6') ? 'yes' : 'no', library('libstdc++.so.6'), 'koffi.node'],
  [
    'libseccomp',
    library('libseccomp.so.2') ? 'yes' : 'no',
    library('libseccomp.so.2'),
    'filters of system calls',
  ],
  [
    'libsystemd',
    library('libsystemd.so.0') ? 'yes' : 'no',
    library('libsystemd.so.0'),
    "systemd's cgroups: --systemd-cgroup",
  ],
  ['runc', program('runc') ? 'yes' : 'no', program('runc'), 'comparisons, in tests and the bench'],
]

for (const [what, state, enough, purpose] of findings()) {
  console.log(
    `${enough ? '  ' : '! '}${what.padEnd(12)}${state}${enough ? '' : `   (needed for: ${purpose})`}`,
  )
}
