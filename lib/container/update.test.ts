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

t.strictSame(
  merge(
    { memory: { limit: 1024, swap: 2048 }, cpu: { cpus: '0-1' } },
    { memory: { limit: 0, reservation: 0 }, cpu: { quota: 30000, shares: 0, cpus: '' } },
  ),
  { memory: { limit: 1024, swap: 2048 }, cpu: { cpus: '0-1', quota: 30000 } },
  'nothing and 0 are no limits of docker’s',
)

t.strictSame(
  merge({ cpu: { burst: 100, idle: 1 } }, { cpu: { burst: 0, idle: 0 } }),
  { cpu: { burst: 0, idle: 0 } },
  'where 0 is a value it counts',
)
