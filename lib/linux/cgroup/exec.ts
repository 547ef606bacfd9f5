/** The cgroup that a process added to a container joins: `exec`. Parent. */
import { join, normalize } from '../../path.ts'
import { Failure } from '../../failure.ts'
import { readLayout, readOwnCgroups } from './layout.ts'
import { directoryIn } from './plan.ts'
import type { SavedCgroup } from './places.ts'

type Paths = Pick<SavedCgroup, 'paths'>

/**
 * @param subs `--cgroup`: one path below the container's cgroup for all hierarchies, or
 *   `CONTROLLER[,CONTROLLER]:PATH` for some
 * @throws Failure for a path that leads out, or a controller that is not there
 */
export const planExecCgroup = ({ paths }: Paths, subs: readonly string[] = []): Paths => {
  const joined: Record<string, string> = { ...paths }
  for (const sub of subs) {
    const colon = sub.indexOf(':')
    const controllers = colon === -1 ? Object.keys(paths) : sub.slice(0, colon).split(',')
    for (const controller of controllers) {
      const own = paths[controller]
      if (own === undefined) {
        throw new Failure(`unknown controller ${JSON.stringify(controller)}`, {
          code: 'CGROUP_CONTROLLER_MISSING',
          hint: `the container has cgroups with ${Object.keys(paths).filter(Boolean).join(', ')}`,
        })
      }
      joined[controller] = below(own, sub.slice(colon + 1))
    }
  }
  return { paths: joined }
}

const below = (own: string, sub: string): string => {
  const path = join(own, sub).replace(/\/$/, '')
  if (path === own || path.startsWith(`${own}/`)) return path
  throw new Failure(`bad sub cgroup path: ${normalize(sub)} is not a sub cgroup path`, {
    code: 'CGROUP_PATH',
  })
}

/** In the words of runc, whose callers may look for them */
export const cannotJoin = (path: string, reason: string, hint: string, cause?: unknown): Failure =>
  new Failure(`adding pid of the program to cgroups: open ${path}/cgroup.procs: ${reason}`, {
    code: 'CGROUP_PATH',
    hint,
    cause,
  })

/**
 * Where a process is now. A container that manages its v2 cgroup itself, as systemd does, has emptied
 * the topmost one, and the kernel lets nobody in there any more (EBUSY): then this is the place to join.
 */
export const cgroupOfProcess = (pid: number | 'self'): Paths => {
  const own = readOwnCgroups(pid)
  const paths: Record<string, string> = {}
  for (const hierarchy of readLayout().hierarchies) {
    const path = directoryIn(hierarchy, own)
    for (const controller of hierarchy.controllers) paths[controller] = path
  }
  return { paths }
}
