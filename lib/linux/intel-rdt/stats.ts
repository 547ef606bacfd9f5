/** What a container has of the caches and of the memory bandwidth: `intel_rdt` of `events`. Parent. */
import { hasCode } from '../../sys/error.ts'
import { listDirectory } from '../../sys/host.ts'
import type { SavedRdt } from './plan.ts'
import { tryRead } from './resctrl.ts'

export interface RdtStats {
  readonly l3_cache_info?: Readonly<Record<string, string | number>>
  readonly l3_cache_schema_root?: string
  readonly l3_cache_schema?: string
  readonly mem_bw_info?: Readonly<Record<string, number>>
  readonly mem_bw_schema_root?: string
  readonly mem_bw_schema?: string
  readonly mbm_stats?: readonly Readonly<Record<string, number>>[]
  readonly cmt_stats?: readonly Readonly<Record<string, number>>[]
}

/** As runc: what is zero or empty is left out. */
const numbers = (directory: string, names: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    names
      .map((name) => [name, Number(tryRead(`${directory}/${name}`))] as const)
      .filter(([, value]) => value > 0),
  )

const lineOf = (directory: string, resource: string): string | undefined =>
  tryRead(`${directory}/schemata`)
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line.startsWith(resource))

const only = <K extends string, V>(key: K, value: V | undefined): { [k in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { [k in K]?: V })

const some = <T extends object>(record: T): T | undefined =>
  Object.keys(record).length > 0 ? record : undefined

const cacheInfo = (root: string): RdtStats['l3_cache_info'] => {
  const info = `${root}/info/L3`
  const mask = tryRead(`${info}/cbm_mask`)
  return some({
    ...(mask !== '' && { cbm_mask: mask }),
    ...numbers(info, ['min_cbm_bits', 'num_closids']),
  })
}

const BANDWIDTH = ['bandwidth_gran', 'delay_linear', 'min_bandwidth', 'num_closids']

/** One record for each cache, in the order of their numbers. */
const monitored = (
  directory: string,
  names: readonly string[],
): readonly Record<string, number>[] | undefined => {
  try {
    const caches = listDirectory(`${directory}/mon_data`).toSorted()
    const counts = caches.map((cache) => numbers(`${directory}/mon_data/${cache}`, names))
    return counts.some((count) => Object.keys(count).length > 0) ? counts : undefined
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/** @param root of the resctrl file system */
export const readRdtStats = ({ group, monitor }: SavedRdt, root: string): RdtStats => ({
  ...only('l3_cache_info', cacheInfo(root)),
  ...only('l3_cache_schema_root', lineOf(root, 'L3')),
  ...only('l3_cache_schema', lineOf(group, 'L3')),
  ...only('mem_bw_info', some(numbers(`${root}/info/MB`, BANDWIDTH))),
  ...only('mem_bw_schema_root', lineOf(root, 'MB')),
  ...only('mem_bw_schema', lineOf(group, 'MB')),
  ...only('mbm_stats', monitored(monitor ?? group, ['mbm_total_bytes', 'mbm_local_bytes'])),
  ...only('cmt_stats', monitored(monitor ?? group, ['llc_occupancy'])),
})
