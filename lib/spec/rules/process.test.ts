/** The rules for the process: what they accept, and what they refuse with which pointer. */
import t from 'tap'
import { checkTable, scheduler } from './test-support.ts'

checkTable(t, {
  process: [
    [{ '/process': undefined }],
    [{ '/process/args': [] }, '/process/args'],
    [{ '/process/args': undefined }, '/process'],
    [{ '/process/cwd': 'tmp' }, '/process/cwd'],
    [{ '/process/cwd': '' }, '/process/cwd'],
    [{ '/process/env': ['A=', 'A=b=c', 'A=2'] }],
    [{ '/process/env': ['A', '=a', ''] }, '/process/env/0', '/process/env/1', '/process/env/2'],
    [{ '/process/user': undefined }],
    [{ '/process/user': { uid: 4294967294, gid: 0 } }],
    [{ '/process/user': { uid: 4294967295, gid: 0 } }, '/process/user/uid'],
    [{ '/process/user/additionalGids': [1, 4294967295] }, '/process/user/additionalGids/1'],
    [{ '/process/capabilities': { bounding: ['CAP_UNKNOWN'] } }],
    [{ '/process/oomScoreAdj': 1001 }, '/process/oomScoreAdj'],
  ],
  rlimits: [
    [{ '/process/rlimits': [{ type: 'RLIMIT_CORE', soft: 0, hard: 18446744073709551615n }] }],
    [
      { '/process/rlimits': [{ type: 'RLIMIT_CORE', soft: 18446744073709551615n, hard: 5 }] },
      '/process/rlimits/0/soft',
    ],
    [
      { '/process/rlimits/-': { type: 'RLIMIT_NOFILE', soft: 1, hard: 2 } },
      '/process/rlimits/1/type',
    ],
    [
      { '/process/rlimits/-': { type: 'RLIMIT_TEST', soft: 1, hard: 2 } },
      '/process/rlimits/1/type',
    ],
  ],
  scheduling: [
    [scheduler({ policy: 'SCHED_BATCH', nice: 19 })],
    [scheduler({ policy: 'SCHED_OTHER', nice: 20 }), '/process/scheduler/nice'],
    [scheduler({ policy: 'SCHED_FIFO', priority: 99 })],
    [scheduler({ policy: 'SCHED_FIFO' }), '/process/scheduler'],
    [scheduler({ policy: 'SCHED_RR', priority: 100 }), '/process/scheduler/priority'],
    [scheduler({ policy: 'SCHED_OTHER', priority: 1 }), '/process/scheduler/priority'],
    [scheduler({ policy: 'SCHED_DEADLINE', runtime: 1, deadline: 2, period: 3 })],
    [scheduler({ policy: 'SCHED_IDLE', runtime: 0, period: 3 }), '/process/scheduler/period'],
    [{ '/process/ioPriority': { class: 'IOPRIO_CLASS_IDLE' } }],
    [
      { '/process/ioPriority': { class: 'IOPRIO_CLASS_RT', priority: 8 } },
      '/process/ioPriority/priority',
    ],
  ],
})
