/** CPU and I/O scheduling: what goes together. Pure. sched_setattr(2), ioprio_set(2) */
import { show } from '../problem.ts'
import type { Process, Scheduler } from '../types.ts'
import type { Report } from './rule.ts'

/** Which settings mean something to a policy; the kernel refuses or ignores the others. */
const settings: Readonly<Record<'nice' | 'priority' | 'deadline', readonly Scheduler['policy'][]>> =
  {
    nice: ['SCHED_OTHER', 'SCHED_BATCH', 'SCHED_IDLE'],
    priority: ['SCHED_FIFO', 'SCHED_RR'],
    deadline: ['SCHED_DEADLINE'],
  }

const pointer = '/scheduler'

export const scheduler = ({ scheduler }: Process, report: Report): void => {
  if (scheduler?.policy === undefined) return
  const { policy, nice = 0, priority = 0 } = scheduler
  if (nice < -20 || nice > 19) {
    report({ pointer: `${pointer}/nice`, expected: '-20 to 19', got: `${nice}` })
  }
  if (settings.priority.includes(policy)) {
    if (priority >= 1 && priority <= 99) return
    const at = scheduler.priority === undefined ? pointer : `${pointer}/priority`
    report({ pointer: at, expected: `a priority from 1 to 99 for ${policy}`, got: `${priority}` })
  } else if (priority !== 0) {
    const expected = `no priority with ${policy}`
    const hint = `${settings.priority.join(' and ')} have priorities`
    report({ pointer: `${pointer}/priority`, expected, got: `${priority}`, hint })
  }
  if (settings.deadline.includes(policy)) return
  for (const name of ['runtime', 'deadline', 'period'] as const) {
    const value = scheduler[name] ?? 0
    if (BigInt(value) === 0n) continue
    const hint = 'it belongs to SCHED_DEADLINE'
    report({
      pointer: `${pointer}/${name}`,
      expected: `no ${name} with ${policy}`,
      got: show(value),
      hint,
    })
  }
}

export const ioPriority = ({ ioPriority }: Process, report: Report): void => {
  const { priority = 0 } = ioPriority ?? {}
  if (priority >= 0 && priority <= 7) return
  report({ pointer: '/ioPriority/priority', expected: '0 to 7', got: `${priority}` })
}
