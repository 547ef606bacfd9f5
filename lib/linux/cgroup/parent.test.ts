import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from '../../path.ts'
import t, { type Test } from 'tap'
import { chain } from '../../failure.ts'
import type { Linux } from '../../spec/types.ts'
import { applyLimits } from './limits/apply.ts'
import { enterCgroup } from './inside.ts'
import { readControl, writeControl } from './control-file.ts'
import { isFrozen, setFrozen } from './freeze.ts'
import { parseOwnCgroups, readLayout, readOwnCgroups, type Layout } from './layout.ts'
import { readMemoryPeak, readOomKills } from './memory/oom.ts'
import { createCgroup, expectCgroup } from './parent.ts'
import { directoriesOf, directoryFor, type SavedCgroup } from './places.ts'
import { planCgroup, type CgroupPlan } from './plan.ts'
import { containerPids, killAll } from './processes.ts'
import { deleteCgroup } from './remove.ts'
import { readStats } from './stats/stats.ts'
import { applyUpdate, planUpdate } from './limits/update.ts'

/** Moves a process, all its threads with it. */
const joinCgroup = (cgroup: SavedCgroup, pid: number): void => {
  for (const directory of directoriesOf(cgroup)) {
    writeControl(`${directory}/cgroup.procs`, String(pid))
  }
}

const mayMake = (): string | false => {
  if (process.geteuid?.() !== 0) return 'only root makes cgroups'
  try {
    const plan = planFor('probe', {})
    deleteCgroup(createCgroup(plan))
    return false
  } catch (error) {
    return `cgroups cannot be made here: ${chain(error).map(({ message }) => message)}`
  }
}

let names = 0
const planFor = (name: string, linux: Linux, layout: Layout = readLayout()): CgroupPlan => {
  const id = `tsrun-test-${name}-${process.pid}-${names++}`
  const config = { ociVersion: '1.3.0', linux }
  return planCgroup(config, id, layout, readOwnCgroups(), { systemd: false, rootless: false })
}

const created = (t: Test, plan: CgroupPlan): SavedCgroup => {
  const saved = createCgroup(plan)
  t.teardown(() => {
    killAll(saved, 9)
    deleteCgroup(saved)
  })
  return saved
}

const sleeper = (t: Test): ChildProcess & { readonly pid: number } => {
  const child = spawn('sleep', ['100'])
  t.teardown(() => child.kill('SIGKILL'))
  return child as ChildProcess & { readonly pid: number }
}

const cgroupsOf = (pid: number | string): readonly string[] =>
  Object.values(parseOwnCgroups(readFileSync(`/proc/${pid}/cgroup`, 'utf8')))

const has = (cgroup: SavedCgroup, controller: string, file: string): boolean =>
  existsSync(join(directoryFor(cgroup, controller) ?? '/', file))

const skip = mayMake()

t.test('a container from birth to death', { skip }, async (t) => {
  const plan = planFor('life', { resources: { devices: [{ allow: false, access: 'rwm' }] } })
  const expected = expectCgroup(plan)
  const saved = createCgroup(plan)
  t.same(saved, expected)
  const child = sleeper(t)
  joinCgroup(saved, child.pid)
  t.same(containerPids(saved), [child.pid])
  for (const { path, mountpoint } of plan.places) {
    t.ok(readControl(`${path}/cgroup.procs`).includes(String(child.pid)), `in ${mountpoint}`)
  }
  applyLimits(plan)
  t.throws(() => createCgroup(plan), { message: /container's cgroup is not empty: 1 process/ })

  setFrozen(saved, true)
  t.equal(isFrozen(saved), true)
  t.throws(() => createCgroup(plan), { message: /not empty/ })
  t.ok(killAll(saved, 9), 'a frozen process dies, too')
  t.same(containerPids(saved), [])
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  t.equal(child.signalCode, 'SIGKILL')

  deleteCgroup(saved)
  for (const path of directoriesOf(saved)) t.notOk(existsSync(path), path)
  deleteCgroup(saved)
  t.equal(isFrozen(saved), false, 'nor is what is gone')
})

t.test('another signal goes to everyone and kills nobody', { skip }, async (t) => {
  const saved = created(t, planFor('signal', {}))
  const child = sleeper(t)
  joinCgroup(saved, child.pid)
  setFrozen(saved, true)
  setFrozen(saved, false)
  t.equal(isFrozen(saved), false)
  killAll(saved, 15)
  await once(child, 'exit')
  t.equal(child.signalCode, 'SIGTERM')
})

const noV1 = skip || (readLayout().mode === 'v2' && 'this host has no cgroup v1')

t.test('a thread enters', { skip: noV1 }, async (t) => {
  const plan = planFor('entered', {})
  const saved = created(t, plan)
  const v1 = Object.entries(saved.paths).filter(([controller]) => controller !== '')
  const back = Object.fromEntries(
    v1.map(([controller, path]) => [controller, path.slice(0, path.lastIndexOf('/'))]),
  )
  const root = openSync('/', 'r')
  try {
    enterCgroup(saved, root)
    const inside = cgroupsOf('thread-self').filter((path) => path.includes('tsrun-test-entered'))
    t.equal(inside.length, plan.places.filter(({ version }) => version === 1).length)
  } finally {
    enterCgroup({ paths: back }, root)
    closeSync(root)
  }
})

t.test('what was there before stays, what was made goes', { skip }, async (t) => {
  const plan = planFor('before', { cgroupsPath: `/tsrun-test-parent-${process.pid}/a` })
  const [existing] = plan.places
  mkdirSync(join(existing!.path, '..'))
  mkdirSync(existing!.path)
  t.teardown(() => {
    rmdirSync(existing!.path)
    rmdirSync(join(existing!.path, '..'))
  })
  const saved = createCgroup(plan)
  const made = saved.paths[existing!.controllers[0]!]!
  for (const { path } of plan.places) mkdirSync(`${path}/inner/most`, { recursive: true })
  deleteCgroup(saved)
  t.ok(existsSync(made))
  t.notOk(existsSync(join(made, 'inner')), 'but not what the container made in it')
  for (const { path } of plan.places.slice(1)) {
    t.notOk(existsSync(join(path, '..')), `the parent of ${path} is gone, too`)
  }
})

t.test('a parent that others use stays, and goes with the last of them', { skip }, async (t) => {
  const above = `/tsrun-test-shared-${process.pid}`
  const first = createCgroup(planFor('shared', { cgroupsPath: `${above}/x/a` }))
  const second = createCgroup(planFor('shared', { cgroupsPath: `${above}/x/b` }))
  deleteCgroup(first)
  for (const path of directoriesOf(second)) t.ok(existsSync(path))
  deleteCgroup(second)
  for (const path of directoriesOf(second)) t.notOk(existsSync(join(path, '../..')))
})

t.test('a parent that somebody else made stays', { skip }, async (t) => {
  const plan = planFor('theirs', { cgroupsPath: `/tsrun-test-theirs-${process.pid}/x/a` })
  const above = plan.places.map(({ path }) => join(path, '../..'))
  for (const path of above) mkdirSync(path)
  t.teardown(() => above.forEach((path) => rmdirSync(path)))
  deleteCgroup(createCgroup(plan))
  for (const path of above) {
    t.ok(existsSync(path))
    t.notOk(existsSync(join(path, 'x')))
  }
})

const lacks = (controller: string, file: string): string | false => {
  if (skip) return skip
  const saved = createCgroup(planFor('probe', {}))
  const found = has(saved, controller, file)
  deleteCgroup(saved)
  return found ? false : `this host has no ${file}`
}

t.test('nothing is left of what failed', { skip: lacks('cpuset', 'cpuset.cpus') }, async (t) => {
  const plan = planFor('undone', { resources: { cpu: { cpus: '4000' } } })
  t.throws(() => createCgroup(plan), {
    message: /^set CPUs to 4000 in .*cpuset\.cpus$/,
    pointer: '/linux/resources/cpu/cpus',
    hint: /^the cgroup above has \d/,
  })
  for (const { path } of plan.places) t.notOk(existsSync(path))
})

const memoryFile = readLayout().mode === 'v2' ? 'memory.max' : 'memory.limit_in_bytes'
const noMemory = lacks('memory', memoryFile)

t.test('memory limits go up and down, and back after a failure', { skip: noMemory }, async (t) => {
  const MB = 2 ** 20
  const plan = planFor('memory', { resources: { memory: { limit: 64 * MB } } })
  const saved = created(t, plan)
  applyLimits(plan)
  const limit = () => Number(readControl(join(directoryFor(saved, 'memory')!, memoryFile)))
  const swap = has(saved, 'memory', 'memory.memsw.limit_in_bytes') || saved.mode === 'v2'
  for (const [memory, total] of [
    [32, 48],
    [128, 256],
    [16, 16],
  ] as const) {
    const resources = { memory: { limit: memory * MB, ...(swap ? { swap: total * MB } : {}) } }
    applyUpdate(planUpdate(resources, saved))
    t.equal(limit(), memory * MB)
  }
  const directory = directoryFor(saved, 'memory')!
  const impossible = {
    what: 'a limit',
    pointer: '/x',
    controller: 'memory',
    file: 'memory.none',
    directory,
    value: '1',
  }
  const update = planUpdate({ memory: { limit: 15 * MB } }, saved)
  t.throws(() => applyUpdate({ ...update, writes: [...update.writes, impossible] }), {
    message: /^set a limit to 1 in .*memory\.none$/,
    hint: 'this kernel has no memory.none',
  })
  t.equal(limit(), 16 * MB)
  t.equal(readOomKills(saved), 0)
  t.type(readMemoryPeak(saved), 'number')
})

t.test('statistics', { skip: lacks('pids', 'pids.max') }, async (t) => {
  const plan = planFor('stats', { resources: { pids: { limit: 7 } } })
  const saved = created(t, plan)
  applyLimits(plan)
  const child = sleeper(t)
  joinCgroup(saved, child.pid)
  const stats = readStats(saved)
  t.same(stats.pids, { current: 1, limit: 7 })
  t.same(Object.keys(stats), [
    'cpu',
    'cpuset',
    'memory',
    'pids',
    'blkio',
    'hugetlb',
    'intel_rdt',
    'network_interfaces',
  ])
})

/** A host's v2 hierarchy by itself, although its controllers may be v1's. */
const unifiedOnly = (): Layout | undefined => {
  const hierarchies = readLayout().hierarchies.filter(({ version }) => version === 2)
  return hierarchies.length > 0 ? { mode: 'v2', hierarchies } : undefined
}

const KMSG = { type: 'c', major: 1, minor: 11, access: 'rw' } as const
const noFilter =
  skip ||
  (!unifiedOnly() && 'this host has no cgroup v2') ||
  (!existsSync('/dev/kmsg') && 'no device to try')

t.test('device programs', { skip: noFilter }, async (t) => {
  const deny = { allow: false, access: 'rwm' }
  const plan = planFor('filter', { resources: { devices: [deny] } }, unifiedOnly()!)
  const saved = created(t, plan)
  applyLimits(plan)
  const shell = spawn('sh', [
    '-c',
    'while read device; do (: < $device) 2>/dev/null && echo yes || echo no; done',
  ])
  t.teardown(() => shell.kill('SIGKILL'))
  joinCgroup(saved, shell.pid!)
  const opens = async (device: string): Promise<string> => {
    shell.stdin.write(`${device}\n`)
    const [answer] = (await once(shell.stdout, 'data')) as [Buffer]
    return answer.toString().trim()
  }
  t.equal(await opens('/dev/null'), 'yes')
  t.equal(await opens('/dev/kmsg'), 'no')
  applyUpdate(planUpdate({ devices: [deny, { allow: true, ...KMSG }] }, saved))
  t.equal(await opens('/dev/kmsg'), 'yes')
  applyUpdate(planUpdate({ devices: [deny] }, saved))
  t.equal(await opens('/dev/kmsg'), 'no')
  applyUpdate(planUpdate({ devices: [{ allow: true, access: 'rwm' }] }, saved))
  t.equal(await opens('/dev/kmsg'), 'yes')
})

t.test('device lists of v1', { skip: noV1 }, async (t) => {
  const deny = { allow: false, access: 'rwm' }
  const plan = planFor('list', { resources: { devices: [deny, { allow: true, ...KMSG }] } })
  const saved = created(t, plan)
  applyLimits(plan)
  const list = () => readControl(join(saved.paths['devices']!, 'devices.list')).split('\n')
  t.ok(list().includes('c 1:11 rw'))
  applyUpdate(planUpdate({ devices: [deny, { allow: true, ...KMSG, access: 'r' }] }, saved))
  t.ok(list().includes('c 1:11 r'))
  t.ok(list().includes('c 1:3 rwm'))
  applyUpdate(planUpdate({ devices: [{ allow: true, access: 'rwm' }] }, saved))
  t.same(list(), ['a *:* rwm'])
  applyUpdate(planUpdate({ devices: [deny] }, saved))
  t.notOk(list().includes('a *:* rwm'))
})

t.test('a frozen cgroup is refused', { skip: noV1 }, async (t) => {
  const plan = planFor('frozen', {})
  const saved = created(t, plan)
  writeControl(join(saved.paths['freezer']!, 'freezer.state'), 'FROZEN')
  t.throws(() => createCgroup(plan), { message: /container's cgroup unexpectedly frozen/ })
  const inside = { ...plan, places: plan.places.map((p) => ({ ...p, path: `${p.path}/inside` })) }
  t.throws(
    () => createCgroup(inside),
    { message: /container's cgroup unexpectedly frozen/ },
    'because of the one above',
  )
  writeControl(join(saved.paths['freezer']!, 'freezer.state'), 'THAWED')
})

const noV2 = skip || (!unifiedOnly() && 'this host has no cgroup v2')

t.test('a frozen cgroup of v2 is refused', { skip: noV2 }, async (t) => {
  const plan = planFor('frozen2', {}, unifiedOnly()!)
  const saved = created(t, plan)
  const file = join(saved.paths['']!, 'cgroup.freeze')
  writeControl(file, '1')
  const inside = { ...plan, places: plan.places.map((p) => ({ ...p, path: `${p.path}/inside` })) }
  for (const refused of [plan, inside]) {
    t.throws(() => createCgroup(refused), { message: /container's cgroup unexpectedly frozen/ })
  }
  t.notOk(existsSync(inside.places[0]!.path), 'nothing is left')
  writeControl(file, '0')
})
