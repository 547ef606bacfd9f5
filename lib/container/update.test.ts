import t from 'tap'
import { merge } from './update.ts'

t.strictSame(
  merge({ cpu: { period: 50000, quota: 25000 } }, { cpu: { quota: 10000 } }),
  { cpu: { period: 50000, quota: 10000 } },
  'what is not mentioned stays',
)

t.strictSame(
  merge({ memory: { limit: 1024, swap: 2048 } }, { memory: { limit: -1 } }),
  { memory: { limit: -1, swap: -1 } },
  'without a limit of memory there is none of memory and swap together',
)

t.strictSame(
  merge({ memory: { limit: 1024, swap: 2048 } }, { memory: { limit: -1, swap: 4096 } }),
  { memory: { limit: -1, swap: 4096 } },
  'unless it is asked for',
)

t.strictSame(
  merge(undefined, { pids: { limit: 3 } }),
  { pids: { limit: 3 } },
  'from no limits at all',
)
