/** The host's cgroup file systems, seen from the outside: where is a container's cgroup, which are left over. */
import { existsSync, readFileSync, readdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'

const MOUNT = '/sys/fs/cgroup'

/** Every cgroup hierarchy that is mounted in the usual place. */
export const hierarchies = (): string[] => {
  const found = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => / - cgroup2? /.test(line))
    .map((line) => line.split(' ')[4]!)
    .filter((path) => path === MOUNT || path.startsWith(`${MOUNT}/`))
  return [...new Set(found)]
}

/** Whether a controller is there and where its hierarchy is, for either version. */
export const hierarchyOf = (controller: string): { root: string; version: 1 | 2 } | undefined => {
  if (existsSync(join(MOUNT, controller, 'cgroup.procs'))) {
    return { root: join(MOUNT, controller), version: 1 }
  }
  const list = join(MOUNT, 'cgroup.controllers')
  if (existsSync(list) && readFileSync(list, 'utf8').split(/\s/).includes(controller)) {
    return { root: MOUNT, version: 2 }
  }
  return undefined
}

const inside = function* (directory: string, depth: number): Generator<string> {
  let names
  try {
    names = readdirSync(directory, { withFileTypes: true })
  } catch {
    return
  }
  for (const name of names) {
    if (!name.isDirectory()) continue
    const path = join(directory, name.name)
    if (depth > 1) yield* inside(path, depth - 1)
    yield path
  }
}

/** The cgroups with `id` in their name, deepest first. */
export const cgroupsOf = (id: string): string[] =>
  hierarchies().flatMap((root) => [...inside(root, 4)].filter((path) => path.includes(id)))

export const removeCgroups = (id: string): void => {
  for (const path of cgroupsOf(id)) {
    try {
      rmdirSync(path)
    } catch {
      // Not empty: the leftovers have been reported already.
    }
  }
}
