/**
 * A view of the host's cgroups for one program and what it starts, in a mount namespace of its own.
 *
 * The validation programs look for cgroups below /sys/fs/cgroup and make directories there. They see a private tmpfs
 * with the host's v1 hierarchies bound into it, with v2's beside them (`hybrid`) or without (`v1`: crun 1.8 refuses
 * hybrid hosts), or v2 alone. The host's own mounts stay as they are.
 */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'

export type Layout = 'host' | 'hybrid' | 'v1' | 'v2'

const hierarchies = (): readonly { readonly path: string; readonly version: 1 | 2 }[] =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [before = '', after = ''] = line.split(' - ')
      const path = before.split(' ')[4] ?? ''
      if (!path.startsWith('/sys/fs/cgroup/') || !after.startsWith('cgroup')) return []
      return [{ path, version: after.startsWith('cgroup2 ') ? (2 as const) : (1 as const) }]
    })

const prepare: Readonly<Record<Layout, () => readonly string[]>> = {
  host: () => [],
  v2: () => ['mount -t cgroup2 cgroup2 /sys/fs/cgroup'],
  v1: () => bound(hierarchies().filter(({ version }) => version === 1)),
  hybrid: () => bound(hierarchies()),
}

const bound = (places: ReturnType<typeof hierarchies>): readonly string[] => [
  'mount -t tmpfs -o mode=755 tmpfs /mnt',
  ...places.map(({ path }) => {
    const target = `/mnt/${basename(path)}`
    return `mkdir ${target}; mount --bind ${path} ${target}`
  }),
  'mount --move /mnt /sys/fs/cgroup',
]

/**
 * A command line that runs another one in that view.
 *
 * One of the programs runs a container without a mount namespace: its mounts go with this one. And whatever is left
 * running when the program ends is killed with its pid namespace.
 */
export const inLayout = (layout: Layout, command: readonly string[]): readonly string[] => [
  'unshare',
  '--mount',
  '--propagation=private',
  '--pid',
  '--fork',
  '--kill-child',
  '--mount-proc',
  'sh',
  '-ec',
  [...prepare[layout](), 'exec "$@"'].join('\n'),
  'sh',
  ...command,
]

/** What the host has, as the programs shall see it. */
export const usualLayout = (): Layout =>
  hierarchies().some(({ version }) => version === 1) ? 'hybrid' : 'host'
