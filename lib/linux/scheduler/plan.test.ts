import { EPERM } from '../../sys/errno.ts'
import { schedulerCalls } from './plan.ts'
import t from 'tap'

const hint = (policy: 'SCHED_DEADLINE' | 'SCHED_FIFO' | 'SCHED_OTHER', cpus?: string) =>
  schedulerCalls({ policy }, cpus)[0]!.hints?.[EPERM]

t.strictSame(schedulerCalls(undefined, '0'), [])
t.match(hint('SCHED_DEADLINE', '0'), "process scheduler can't be used together with AllowedCPUs")
t.match(hint('SCHED_DEADLINE'), /CAP_SYS_NICE/)
t.match(hint('SCHED_DEADLINE', ''), /CAP_SYS_NICE/)
t.match(hint('SCHED_FIFO', '0'), /CAP_SYS_NICE/)
t.equal(hint('SCHED_OTHER', '0'), undefined)
