/** PARENT. A container that the kernel killed for lack of memory before it ran: the limit is to blame. */
import { Failure } from '../failure.ts'
import { describeOom, readLimitHits, readMemoryLimit } from '../linux/cgroup/memory/oom.ts'
import { isAlive } from './process.ts'
import { sleep } from '../sys/time.ts'
import type { ContainerState } from './state/state.ts'

export const OUT_OF_MEMORY = 'OUT_OF_MEMORY'

type Container = Pick<ContainerState, 'cgroup' | 'init'>

/** @returns undefined where nobody of the container was killed for it */
export const oomOf = ({ cgroup, init }: Container): string | undefined =>
  cgroup && describeOom(cgroup, init)

/** @throws Failure where the container was killed before it could become the program */
export const refuseOom = (container: Container): void => {
  const oom = oomOf(container)
  if (oom === undefined) return
  throw new Failure(oom, {
    code: OUT_OF_MEMORY,
    pointer: '/linux/resources/memory/limit',
    hint: 'the program did not get to run: give it more memory',
  })
}

/** Runs `action`. Where it fails because the process was killed, that is what went wrong. */
export const blamingMemory = <T>(container: Container, action: () => T): T => {
  try {
    return action()
  } catch (error) {
    refuseOom(container)
    throw error
  }
}

/** What Docker wants at least. With more a program starts, and what becomes of it is its own matter. */
const ENOUGH = 6 * 2 ** 20

/** From the first page that is one too many to the end of the process, in ms. */
const PATIENCE = 200

/**
 * A program that is killed while it is loaded is gone some milliseconds after its execve has succeeded. Only a
 * container with next to no memory that has run out of it already is waited for.
 * @throws Failure where the process was killed as it became the program
 */
export const refuseKilled = (container: Container): void => {
  const { cgroup, init } = container
  if (!cgroup) return
  const limit = readMemoryLimit(cgroup)
  if (limit === null || (limit !== undefined && limit >= ENOUGH)) return
  // Without a limit to read the cgroup is gone, or there is no memory controller.
  const patience = limit !== undefined && readLimitHits(cgroup) > 0 ? PATIENCE : 0
  for (let waited = 0; isAlive(init) && waited < patience; waited++) sleep(1)
  if (!isAlive(init)) refuseOom(container)
}
