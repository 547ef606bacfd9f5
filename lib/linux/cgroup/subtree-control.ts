/** Passes v2's controllers down to the container's cgroup. Parent. cgroups(7), cgroup.subtree_control. */
import { hasCode } from '../../sys/error.ts'
import { readControl, tryReadControl, writeControl } from './control-file.ts'

/**
 * Enables what is available on the way from the mountpoint to `parent`, the cgroup above the
 * container's. What cannot be passed on is left: only a limit that needs it makes it an error, and that
 * limit knows best what to say.
 */
export const enableControllers = (mountpoint: string, parent: string): void => {
  let directory = mountpoint
  const below = parent === mountpoint ? [] : parent.slice(mountpoint.length + 1).split('/')
  for (const name of ['', ...below]) {
    if (name !== '') directory += `/${name}`
    const enabled = words(readControl(`${directory}/cgroup.subtree_control`))
    const available = words(readControl(`${directory}/cgroup.controllers`))
    const missing = available.filter((controller) => !enabled.includes(controller))
    if (missing.length === 0) continue
    if (isPopulated(directory)) return
    if (enable(directory, missing)) continue
    // All or nothing holds for one write, so that one controller in the way takes the rest with it.
    for (const controller of missing) enable(directory, [controller])
  }
}

/**
 * A cgroup with processes of its own takes `+pids` and `+cpu`, and is a thread root from then on: no
 * container could live in it. The topmost one alone, which has no type, is above that.
 */
const isPopulated = (directory: string): boolean =>
  tryReadControl(`${directory}/cgroup.type`) !== '' &&
  tryReadControl(`${directory}/cgroup.procs`) !== ''

const words = (text: string): readonly string[] => (text === '' ? [] : text.split(' '))

const enable = (directory: string, controllers: readonly string[]): boolean => {
  try {
    writeControl(`${directory}/cgroup.subtree_control`, controllers.map((c) => `+${c}`).join(' '))
    return true
  } catch (error) {
    if (hasCode(error, 'EACCES', 'EPERM', 'EROFS', 'EBUSY', 'EINVAL', 'ENOENT', 'EOPNOTSUPP')) {
      return false
    }
    throw error
  }
}
