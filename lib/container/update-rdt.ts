/** PARENT. `update --l3-cache-schema, --mem-bw-schema`: other cache and memory bandwidth. */
import { Failure } from '../failure.ts'
import { containerPids } from '../linux/cgroup/processes.ts'
import { expectRdt, joinRdt, makeRdt, removeRdt, updateRdt } from '../linux/intel-rdt/parent.ts'
import { planRdt } from '../linux/intel-rdt/plan.ts'
import { findResctrl } from '../linux/intel-rdt/resctrl.ts'
import type { IntelRdt } from '../spec/types.ts'
import { hasCode } from '../sys/error.ts'
import { listDirectory } from '../sys/host.ts'
import { writeState, type ContainerState } from './state/state.ts'

export type RdtSchemas = Pick<IntelRdt, 'l3CacheSchema' | 'memBwSchema'>

/** The words of runc, for a host without resctrl too. */
const findRoot = ({ l3CacheSchema }: RdtSchemas): string => {
  try {
    return findResctrl()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const which = l3CacheSchema === undefined ? 'MBA: memory bandwidth' : 'CAT: l3 cache'
    throw new Failure(`Intel RDT/${which} schema is not enabled`, {
      code: 'NO_RESCTRL',
      ...(error.hint !== undefined && { hint: error.hint }),
    })
  }
}

/** Every thread: resctrl knows no processes. */
const threadsOf = ({ cgroup, init }: ContainerState): readonly number[] =>
  (cgroup ? containerPids(cgroup) : [init.pid]).flatMap((pid) => {
    try {
      return listDirectory(`/proc/${pid}/task`).map(Number)
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return []
      throw error
    }
  })

/**
 * Where the container has no group yet it gets one of its own, and moves.
 * @returns takes it back; nothing where nothing is asked for
 */
export const updateSchemas = (
  directory: string,
  state: ContainerState,
  schemas: RdtSchemas,
): (() => void) | undefined => {
  if (schemas.l3CacheSchema === undefined && schemas.memBwSchema === undefined) return undefined
  const root = findRoot(schemas)
  const plan = planRdt(schemas, state.id)!
  if (state.rdt) return updateRdt(plan, state.rdt, root)
  writeState(directory, { ...state, rdt: expectRdt(plan, root) })
  const undo = (): void => writeState(directory, state)
  let rdt
  try {
    rdt = makeRdt(plan, root)
    for (const thread of threadsOf(state)) joinRdt(rdt, thread)
  } catch (error) {
    if (rdt) removeRdt(rdt)
    undo()
    throw error
  }
  return () => {
    removeRdt(rdt)
    undo()
  }
}
