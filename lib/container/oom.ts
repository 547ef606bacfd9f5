/** PARENT. A container that the kernel killed for lack of memory before it ran: the limit is to blame. */
import { Failure } from '../failure.ts'
import { describeOom } from '../linux/cgroup/oom.ts'
import type { SavedCgroup } from '../linux/cgroup/plan.ts'
import { isAlive } from './process.ts'
import { sleep } from '../sys/time.ts'
import type { ContainerState } from './state.ts'

export const OUT_OF_MEMORY = 'OUT_OF_MEMORY'

const failure = (oom: string): Failure =>
  new Failure(oom, {
    code: OUT_OF_MEMORY,
    pointer: '/linux/resources/memory/limit',
    hint: 'the program did not get to run: give it more memory',
  })

/** Runs `action`. Where it fails because the process was killed, that is what went wrong. */
export const blamingMemory = <T>(cgroup: SavedCgroup, action: () => T): T => {
  try {
    return action()
  } catch (error) {
    const oom = describeOom(cgroup)
    throw oom === undefined ? error : failure(oom)
  }
}

/** Between the kernel's decision and the end of the process, in ms. */
const PATIENCE = 100

/** @throws Failure where the process was killed as it became the program */
export const refuseKilled = ({ cgroup, init }: Pick<ContainerState, 'cgroup' | 'init'>): void => {
  const oom = cgroup && describeOom(cgroup)
  if (oom === undefined) return
  for (let waited = 0; isAlive(init) && waited < PATIENCE; waited++) sleep(1)
  if (!isAlive(init)) throw failure(oom)
}
