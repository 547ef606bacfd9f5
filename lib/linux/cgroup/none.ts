/** A container without a cgroup of its own: its user may make none, and asked for none. Parent. */
import { Failure } from '../../failure.ts'
import type { SavedCgroup } from './places.ts'

type Paths = Pick<SavedCgroup, 'paths'>

export const hasCgroup = ({ paths }: Paths): boolean => Object.keys(paths).length > 0

/** @throws Failure with the remedy */
export const requireCgroup = <T extends Paths>(cgroup: T | undefined): T => {
  if (cgroup && hasCgroup(cgroup)) return cgroup
  throw new Failure('the container has no cgroup of its own', {
    code: 'NO_CGROUP',
    hint: `uid ${process.geteuid?.()} could make none when it was created: create it where one was delegated ("systemd-run --user --scope -p Delegate=yes …")`,
  })
}
