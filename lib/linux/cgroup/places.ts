/** Where a container's cgroup lies, which is all that most commands need to know of it. Pure. */
import type { Layout } from './layout.ts'
import type { UnitPlan } from './systemd/plan.ts'

/** The container's cgroup in one hierarchy. */
export interface Place {
  readonly version: 1 | 2
  readonly controllers: readonly string[]
  /** Its directory on the host. */
  readonly path: string
  /** Where the hierarchy is mounted: nothing is made or changed above. */
  readonly mountpoint: string
  /** The directory of tsrun's own cgroup, in which the container stays when it gets none. */
  readonly own: string
}

/** What state.json keeps: enough to find and remove the cgroup after a crash. */
export interface SavedCgroup {
  readonly mode: Layout['mode']
  /** Directory on the host by controller; `''` is v2's, as in runc's `cgroup_paths`. */
  readonly paths: Readonly<Record<string, string>>
  /** The directories that we made, parents first: only these are removed. */
  readonly made: readonly string[]
  /** Those that were there without a cgroup in them: one that is in there later is the container's. */
  readonly found?: readonly string[]
  /** The unit of systemd that the cgroup is of. */
  readonly systemd?: Pick<UnitPlan, 'unit' | 'user'>
}

/** v2 has one place for all controllers. */
export const directoryFor = (
  { mode, paths }: Pick<SavedCgroup, 'mode' | 'paths'>,
  controller: string,
): string | undefined => paths[mode === 'v2' ? '' : controller]

/** Directory on the host by controller. */
export const pathsOf = (places: readonly Place[]): SavedCgroup['paths'] => {
  const paths: Record<string, string> = {}
  for (const { controllers, path } of places) {
    for (const controller of controllers) paths[controller] = path
  }
  return paths
}

/** What state.json is to keep. */
export const savedFrom = (
  { mode, systemd }: Pick<SavedCgroup, 'mode' | 'systemd'>,
  places: readonly Place[],
  made: readonly string[],
  found: readonly string[] = [],
): SavedCgroup => ({
  mode,
  paths: pathsOf(places),
  made,
  ...(found.length > 0 && { found }),
  ...(systemd && { systemd: { unit: systemd.unit, user: systemd.user } }),
})

/** Of two parts of one cgroup. */
export const bothOf = (first: SavedCgroup, second: SavedCgroup): SavedCgroup => {
  const found = [...(first.found ?? []), ...(second.found ?? [])]
  return {
    ...first,
    paths: { ...first.paths, ...second.paths },
    made: [...first.made, ...second.made],
    ...(found.length > 0 && { found }),
  }
}

/** Every directory once: controllers that are mounted together share one. */
export const directoriesOf = ({ paths }: Pick<SavedCgroup, 'paths'>): readonly string[] => [
  ...new Set(Object.values(paths)),
]
