/** What is measured: each figure with its goal. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Contender } from './contender.ts'
import { cgroupKiB, residentKiB } from './memory.ts'

/** The bundles of the bench, by what their process does. */
export interface Bundles {
  readonly true: string
  readonly wait: string
  /** `true` and `wait` with a seccomp profile. */
  readonly filtered: string
  readonly filteredWait: string
  /** `true` with 512 KiB of memory. */
  readonly tight: string
}

export interface Measure {
  readonly name: string
  readonly unit: 'ms' | 'KiB'
  /** In words; `holds` says whether tsrun's figures meet it. Absent: there is none. */
  readonly goal?: string
  readonly holds?: (tsrun: number, runc: number | undefined) => boolean
  /** How many rounds the median is taken of, as a part of those asked for. */
  readonly share: number
  /** `undefined`: this host cannot tell. */
  readonly once: (contender: Contender, bundles: Bundles) => number | undefined
}

let containers = 0
const freshId = (): string => `bench-${process.pid}-${++containers}`

const initPid = (contender: Contender, bundle: string, id: string): number => {
  const file = join(bundle, `${contender.name}.pid`)
  contender.run('create', '--bundle', bundle, '--pid-file', file, id)
  return Number(readFileSync(file, 'utf8'))
}

/** Whether the process is gone or a zombie, proc_pid_stat(5): nobody has to reap it for `delete`. */
const hasEnded = (pid: number): boolean => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
  } catch {
    return true
  }
}

/** Waits outside of what is measured: how long the kernel takes to end a process is not a runtime's. */
const untilEnded = (pid: number): void => {
  const deadline = Date.now() + 10_000
  while (!hasEnded(pid)) if (Date.now() > deadline) throw new Error(`process ${pid} does not end`)
}

const runTrue = (contender: Contender, bundle: string): number =>
  contender.run('run', '--bundle', bundle, freshId()).ms

const lifecycle = (contender: Contender, { wait }: Bundles): number => {
  const id = freshId()
  const file = join(wait, `${contender.name}.pid`)
  const create = contender.run('create', '--bundle', wait, '--pid-file', file, id).ms
  const start = contender.run('start', id).ms
  const state = contender.run('state', id).ms
  const kill = contender.run('kill', id, 'KILL').ms
  untilEnded(Number(readFileSync(file, 'utf8')))
  return create + start + state + kill + contender.run('delete', id).ms
}

/** Makes a container, looks at it and takes it away. */
const created = (
  contender: Contender,
  bundle: string,
  look: (pid: number, id: string) => number | undefined,
): number | undefined => {
  const id = freshId()
  const pid = initPid(contender, bundle, id)
  try {
    return look(pid, id)
  } finally {
    contender.run('delete', '--force', id)
    untilEnded(pid)
  }
}

/** Runs a program in a container that runs. */
const execTrue = (contender: Contender, bundle: string): number | undefined =>
  created(contender, bundle, (_, id) => {
    contender.run('start', id)
    return contender.run('exec', id, '/bin/true').ms
  })

/** The peak of one command of a container's life. */
const peak =
  (command: string) =>
  (contender: Contender, { wait }: Bundles): number => {
    const id = freshId()
    const peaks = new Map<string, number>()
    const run = (name: string, ...args: readonly string[]): void =>
      void peaks.set(name, contender.run(name, ...args).peakKiB)
    const file = join(wait, `${contender.name}.pid`)
    run('create', '--bundle', wait, '--pid-file', file, id)
    run('start', id)
    run('state', id)
    run('kill', id, 'KILL')
    untilEnded(Number(readFileSync(file, 'utf8')))
    run('delete', id)
    return peaks.get(command) ?? NaN
  }

const atMost =
  (share: number) =>
  (tsrun: number, runc: number | undefined): boolean =>
    runc === undefined || tsrun <= share * runc

export const measures: readonly Measure[] = [
  {
    name: 'run /bin/true',
    unit: 'ms',
    goal: '≤ 0.5 × runc',
    holds: atMost(0.5),
    share: 1,
    once: (contender, bundles) => runTrue(contender, bundles.true),
  },
  {
    name: 'run /bin/true with a seccomp profile',
    unit: 'ms',
    goal: '≤ 0.5 × runc',
    holds: atMost(0.5),
    share: 1,
    once: (contender, bundles) => runTrue(contender, bundles.filtered),
  },
  {
    name: 'what the profile costs',
    unit: 'ms',
    goal: '≤ 1 ms',
    holds: (tsrun) => tsrun <= 1,
    share: 2,
    once: (contender, bundles) =>
      runTrue(contender, bundles.filtered) - runTrue(contender, bundles.true),
  },
  {
    name: 'exec /bin/true',
    unit: 'ms',
    goal: '≤ 0.5 × runc',
    holds: atMost(0.5),
    share: 1,
    once: (contender, bundles) => execTrue(contender, bundles.wait),
  },
  {
    name: 'exec /bin/true with a seccomp profile',
    unit: 'ms',
    goal: '≤ 0.5 × runc',
    holds: atMost(0.5),
    share: 1,
    once: (contender, bundles) => execTrue(contender, bundles.filteredWait),
  },
  {
    name: 'create, start, state, kill, delete',
    unit: 'ms',
    goal: '≤ 0.6 × runc',
    holds: atMost(0.6),
    share: 1,
    once: lifecycle,
  },
  {
    name: '100 containers one after another',
    unit: 'ms',
    goal: '≤ 0.5 × runc',
    holds: atMost(0.5),
    share: 0.1,
    once: (contender, bundles) => {
      let sum = 0
      for (let i = 0; i < 100; i++) sum += runTrue(contender, bundles.true)
      return sum
    },
  },
  {
    name: 'created container: its process, resident',
    unit: 'KiB',
    share: 0.25,
    once: (contender, bundles) => created(contender, bundles.true, residentKiB),
  },
  {
    name: 'created container: its cgroup, without page cache',
    unit: 'KiB',
    goal: '≤ 256 KiB',
    holds: (tsrun) => tsrun <= 256,
    share: 0.25,
    once: (contender, bundles) => created(contender, bundles.true, cgroupKiB),
  },
  {
    name: 'run /bin/true with 512 KiB of memory',
    unit: 'ms',
    goal: 'works',
    holds: (tsrun) => tsrun > 0,
    share: 0.25,
    once: (contender, bundles) => runTrue(contender, bundles.tight),
  },
  {
    name: 'peak of run',
    unit: 'KiB',
    share: 0.25,
    once: (contender, bundles) => contender.run('run', '--bundle', bundles.true, freshId()).peakKiB,
  },
  ...['create', 'start', 'state', 'kill', 'delete'].map((command): Measure => ({
    name: `peak of ${command}`,
    unit: 'KiB',
    share: 0.25,
    once: peak(command),
  })),
]

/** Containers that exist while another is measured. */
export const crowd = (contender: Contender, bundle: string, size: number): (() => void) => {
  const ids: string[] = []
  const leave = (): void => {
    for (const id of ids) contender.run('delete', '--force', id)
  }
  try {
    for (let i = 0; i < size; i++) {
      const id = freshId()
      contender.run('create', '--bundle', bundle, id)
      ids.push(id)
      contender.run('start', id)
    }
  } catch (error) {
    leave()
    throw error
  }
  return leave
}

export { runTrue }
