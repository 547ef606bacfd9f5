/** Cache and memory bandwidth of a container: from the config to resctrl's directories. Pure. */
import type { IntelRdt } from '../../spec/types.ts'
import { linesOf } from './schemata.ts'

export interface RdtPlan {
  /** The group of the container, below resctrl's root: `''` is the root, the default class. */
  readonly group: string
  /**
   * `own`: made for this container and removed with it. `shared`: made where it is missing, and left.
   * `given`: somebody else has made it.
   */
  readonly kind: 'own' | 'shared' | 'given'
  /** Written, or compared with what is in force where the group is there already. */
  readonly schemas: readonly string[]
  /** Written last and as they are. */
  readonly schemata: readonly string[]
  /** A monitoring group of this name. */
  readonly monitor?: string
}

/** Without its `MB:` lines where the bandwidth has a property of its own. */
const schemasOf = ({ l3CacheSchema = '', memBwSchema }: IntelRdt): readonly string[] => {
  const cache = linesOf(l3CacheSchema)
  if (memBwSchema === undefined) return cache
  return [...cache.filter((line) => !line.startsWith('MB:')), ...linesOf(memBwSchema)]
}

export const planRdt = (rdt: IntelRdt | undefined, id: string): RdtPlan | undefined => {
  if (rdt === undefined) return undefined
  const { closID, schemata = [], enableMonitoring, enableCMT, enableMBM } = rdt
  const schemas = schemasOf(rdt)
  const hasSchema = schemas.length + schemata.length > 0
  return {
    group: closID === '/' ? '' : (closID ?? id),
    kind: closID === undefined ? 'own' : hasSchema ? 'shared' : 'given',
    schemas,
    schemata,
    // The two are what the specification had before `enableMonitoring`.
    ...((enableMonitoring || enableCMT || enableMBM) && { monitor: id }),
  }
}

/** What state.json keeps. */
export interface SavedRdt {
  /** The group's directory. */
  readonly group: string
  /** The monitoring group's. */
  readonly monitor?: string
  /** The directories that are removed with the container, in that order. */
  readonly made: readonly string[]
}
