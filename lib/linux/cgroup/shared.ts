/**
 * Directories above containers' cgroups, which several share: `/docker`, `/kubepods/burstable`. Parent.
 *
 * Whose container made one may be gone before the others. So it is marked when it is made, by an extended attribute
 * that the kernel keeps with it, and whoever leaves it last removes it. xattr(7)
 */
import { dirname } from '../../path.ts'
import { hasCode } from '../../sys/error.ts'
import { hasAttribute, setAttribute } from '../../sys/host.ts'
import { removeCgroup } from './control-file.ts'
import { isUsualRoot } from './layout.ts'
import { directoriesOf, type SavedCgroup } from './places.ts'

/** Only the host's root can set and see the first; the second anybody where they may write, since Linux 5.7. */
const mark = (): string => (process.geteuid!() === 0 ? 'trusted.tsrun' : 'user.tsrun')

/** Where it cannot be marked, it stays if it is not left by the container that made it last. */
export const markShared = (path: string): void => void setAttribute(path, mark())

/** @returns whether it is gone: others may have moved in */
export const removeIfUnused = (path: string): boolean => {
  try {
    removeCgroup(path)
    return true
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return true
    if (!hasCode(error, 'EBUSY', 'ENOTEMPTY')) throw error
    return false
  }
}

/** Those above a cgroup's directories that tsrun has made and nobody uses any more. */
export const removeShared = (cgroup: Pick<SavedCgroup, 'mode' | 'paths'>): void => {
  const name = mark()
  for (const path of directoriesOf(cgroup)) {
    const isOurs = (at: string): boolean => !isUsualRoot(at, cgroup) && hasAttribute(at, name)
    for (let at = dirname(path); isOurs(at); at = dirname(at)) {
      if (!removeIfUnused(at)) break
    }
  }
}
