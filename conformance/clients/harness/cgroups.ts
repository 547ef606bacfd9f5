/**
 * The enclosure's own cgroup in every hierarchy, and what is seen of it inside.
 *
 * Inside, cgroup namespaces make this cgroup the root: clients make theirs where they always do, and nothing of the
 * host's can be touched. cgroup_namespaces(7)
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pause } from '../../harness/wait.ts'

export interface Hierarchy {
  /** Where it is mounted. */
  readonly path: string
  /** What mount(8) is told to get it again. */
  readonly mount: readonly string[]
}

/** What mountinfo says beside the controllers. */
const OPTIONS = /^(rw|ro|xattr|clone_children|release_agent=.*|cpuset_v2_mode)$/

/** Those that can be seen: another mount may lie on them. */
export const hierarchies = (): readonly Hierarchy[] =>
  mounted().filter(({ path }) => existsSync(join(path, 'cgroup.procs')))

const mounted = (): readonly Hierarchy[] =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [before = '', after = ''] = line.split(' - ')
      const path = before.split(' ')[4] ?? ''
      const [type = '', , options = ''] = after.split(' ')
      if (!path.startsWith('/sys/fs/cgroup') || !/^cgroup2?$/.test(type)) return []
      if (type === 'cgroup2') return [{ path, mount: ['-t', 'cgroup2', 'cgroup2'] }]
      const controllers = options.split(',').filter((option) => !OPTIONS.test(option))
      // A hierarchy without controllers has to be asked for as such.
      const none = controllers.some((name) => name.startsWith('name=')) ? ['none'] : []
      return [
        { path, mount: ['-t', 'cgroup', '-o', [...none, ...controllers].join(','), 'cgroup'] },
      ]
    })

const copy = (file: string, from: string, to: string): void => {
  if (existsSync(join(to, file)))
    writeFileSync(join(to, file), readFileSync(join(from, file), 'utf8'))
}

/** @returns its directories, one a hierarchy */
export const makeCgroups = (name: string): readonly string[] =>
  hierarchies().map(({ path }) => {
    const own = join(path, name)
    mkdirSync(own)
    // v1: no process may enter a cpuset that has none.
    if (existsSync(join(own, 'cpuset.memory_migrate'))) {
      for (const file of ['cpuset.cpus', 'cpuset.mems']) copy(file, path, own)
      writeFileSync(join(own, 'cgroup.clone_children'), '1')
    }
    mkdirSync(join(own, 'leader'))
    return own
  })

/** v2: the containers' cgroups have every controller that ours has. Inside. */
export const passControllersOn = (): void => {
  const list = '/sys/fs/cgroup/cgroup.controllers'
  const names = existsSync(list) ? readFileSync(list, 'utf8').trim().split(/\s+/) : []
  for (const name of names.filter((one) => one !== '')) {
    writeFileSync('/sys/fs/cgroup/cgroup.subtree_control', `+${name}`)
  }
}

/** Those below first. */
const removeTree = (path: string): void => {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(path, entry.name))
  }
  rmdirSync(path)
}

export const removeCgroups = (name: string): void => {
  for (const { path } of hierarchies()) {
    const own = join(path, name)
    // The kernel still counts what was killed a moment ago.
    for (let tries = 0; existsSync(own) && tries < 50; tries++) {
      try {
        removeTree(own)
      } catch {
        pause(50)
      }
    }
  }
}
