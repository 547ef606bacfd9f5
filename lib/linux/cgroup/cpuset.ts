/**
 * Gives v1's new cpuset cgroups the CPUs and memory nodes of their parents. Parent. cpuset(7).
 *
 * They start out with neither, and nothing can join before they have both.
 */
import { dirname } from '../../path.ts'
import { readControl, writeControl } from './control-file.ts'

const FILES = ['cpuset.cpus', 'cpuset.mems'] as const

/** @param set files that the config gives a value: only the parents are seen to */
export const inheritCpuset = (path: string, mountpoint: string, set: readonly string[]): void => {
  for (const file of FILES) {
    const value = inherited(dirname(path), mountpoint, file)
    if (!set.includes(file)) writeControl(`${path}/${file}`, value)
  }
}

const inherited = (directory: string, mountpoint: string, file: string): string => {
  const path = `${directory}/${file}`
  const own = readControl(path)
  if (own !== '' || directory === mountpoint) return own
  const value = inherited(dirname(directory), mountpoint, file)
  writeControl(path, value)
  return value
}
