/** What a process and its memory cgroup hold, in KiB. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const read = (file: string): string => readFileSync(file, 'utf8')

/** A line `name value` of a file of many. */
const field = (text: string, name: string): number =>
  Number(new RegExp(`^${name}:?\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0)

export const residentKiB = (pid: number): number => field(read(`/proc/${pid}/status`), 'VmRSS')

/** The process's memory cgroup on v2, or on v1 where that has the controller; undefined for neither. */
const memoryCgroup = (pid: number): string | undefined => {
  const lines = read(`/proc/${pid}/cgroup`).trim().split('\n')
  for (const line of lines) {
    const [, controllers = '', path = ''] = line.split(':')
    const mount = controllers === '' ? '/sys/fs/cgroup' : '/sys/fs/cgroup/memory'
    if (controllers !== '' && !controllers.split(',').includes('memory')) continue
    const directory = join(mount, path)
    if (existsSync(join(directory, 'memory.stat'))) return directory
  }
  return undefined
}

/**
 * Memory of processes and of the kernel on their behalf, by the cgroup's statistics. Not the page cache of
 * files: that is the host's, kept as long as nobody needs the memory, and shared with every container that
 * runs the same program. Nor what the usage counter has over it: each CPU charges 64 pages at a time in
 * advance, and gives back what is left some time later.
 * @returns undefined where the host has no memory controller
 */
export const cgroupKiB = (pid: number): number | undefined => {
  const directory = memoryCgroup(pid)
  if (directory === undefined) return undefined
  const stat = read(join(directory, 'memory.stat'))
  const kernel = join(directory, 'memory.kmem.usage_in_bytes')
  const bytes = existsSync(kernel)
    ? field(stat, 'rss') + field(stat, 'shmem') + Number(read(kernel))
    : field(stat, 'anon') + field(stat, 'shmem') + field(stat, 'kernel')
  return bytes / 1024
}
