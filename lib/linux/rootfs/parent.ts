/** What of the container's root is asked of the host. Parent. */
import { Failure, doing } from '../../failure.ts'
import { isAbsolute, join } from '../../path.ts'
import { isDirectory, realPath } from '../../sys/host.ts'
import { readMounts } from './mountinfo.ts'

/**
 * Where the host has proc and sysfs mounted, last first: --no-pivot would leave those mounts below the
 * container's root.
 */
export const procMounts = (): readonly string[] =>
  readMounts()
    .filter(({ type }) => type === 'proc' || type === 'sysfs')
    .map(({ path }) => path)
    .reverse()

/**
 * @param path `root.path`
 * @returns it without symbolic links
 * @throws Failure when the directory is missing
 */
export const findRootfs = (path: string, bundle: string): string => {
  const at = { pointer: '/root/path' }
  const absolute = isAbsolute(path) ? path : join(bundle, path)
  const real = doing(`root file system ${absolute}`, () => realPath(absolute), at)
  if (!isDirectory(real)) throw new Failure(`root file system ${real} is no directory`, at)
  return real
}
