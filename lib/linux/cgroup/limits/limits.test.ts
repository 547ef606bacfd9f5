import t from 'tap'
import type { Memory, Resources } from '../../../spec/types.ts'
import type { Limits } from './limit.ts'
import { limitsV1 } from './v1.ts'
import { cpuWeight, ioWeight, limitsV2 } from './v2.ts'

const written = ({ limits }: Limits) => limits.map(({ file, value }) => `${file}=${value}`)

const CASES: readonly (readonly [
  resources: Resources,
  v1: readonly string[] | RegExp,
  v2: readonly string[] | RegExp,
])[] = [
  [{}, [], []],
  [{ memory: { limit: 64 } }, ['memory.limit_in_bytes=64'], ['memory.max=64']],
  [
    { memory: { limit: 9007199254740993n } },
    ['memory.limit_in_bytes=9007199254740993'],
    ['memory.max=9007199254740993'],
  ],
  [{ memory: { limit: 0, swap: 0, reservation: 0 } }, [], []],
  [
    { memory: { limit: -1 } },
    ['memory.limit_in_bytes=-1', 'memory.memsw.limit_in_bytes=-1'],
    ['memory.swap.max=max', 'memory.max=max'],
  ],
  [
    { memory: { limit: 64, swap: 100 } },
    ['memory.limit_in_bytes=64', 'memory.memsw.limit_in_bytes=100'],
    ['memory.swap.max=36', 'memory.max=64'],
  ],
  [
    { memory: { limit: 64, swap: -1 } },
    ['memory.limit_in_bytes=64', 'memory.memsw.limit_in_bytes=-1'],
    ['memory.swap.max=max', 'memory.max=64'],
  ],
  [
    { memory: { limit: 64, swap: 63 } },
    ['memory.limit_in_bytes=64', 'memory.memsw.limit_in_bytes=63'],
    /below the memory limit/,
  ],
  [{ memory: { swap: 63 } }, ['memory.memsw.limit_in_bytes=63'], /without a memory limit/],
  [{ memory: { reservation: 32 } }, ['memory.soft_limit_in_bytes=32'], ['memory.low=32']],
  [{ memory: { swappiness: 0 } }, ['memory.swappiness=0'], []],
  [{ memory: { swappiness: 101 } }, /above 100/, []],
  [{ memory: { disableOOMKiller: true } }, ['memory.oom_control=1'], []],
  [{ memory: { useHierarchy: true } }, ['memory.use_hierarchy=1'], []],
  [{ memory: { kernel: 64, kernelTCP: 32 } }, ['memory.kmem.tcp.limit_in_bytes=32'], []],
  [{ cpu: { shares: 1024 } }, ['cpu.shares=1024'], ['cpu.weight=100']],
  [{ cpu: { shares: 1 } }, /not within 2 and 262144/, ['cpu.weight=1']],
  [{ cpu: { quota: 5000 } }, ['cpu.cfs_quota_us=5000'], ['cpu.max=5000 100000']],
  [{ cpu: { quota: -1 } }, ['cpu.cfs_quota_us=-1'], ['cpu.max=max 100000']],
  [
    { cpu: { quota: 5000, period: 20000, burst: 100 } },
    ['cpu.cfs_burst_us=100', 'cpu.cfs_period_us=20000', 'cpu.cfs_quota_us=5000'],
    ['cpu.max.burst=100', 'cpu.max=5000 20000'],
  ],
  [{ cpu: { idle: 1 } }, ['cpu.idle=1'], ['cpu.idle=1']],
  [{ cpu: { idle: 1, shares: 100 } }, ['cpu.idle=1'], ['cpu.idle=1']],
  [
    { cpu: { idle: 0, shares: 1024 } },
    ['cpu.idle=0', 'cpu.shares=1024'],
    ['cpu.idle=0', 'cpu.weight=100'],
  ],
  [{ cpu: { burst: 0 } }, ['cpu.cfs_burst_us=0'], ['cpu.max.burst=0']],
  [
    { cpu: { realtimeRuntime: 950, realtimePeriod: 1000 } },
    ['cpu.rt_period_us=1000', 'cpu.rt_runtime_us=950'],
    [],
  ],
  [
    { cpu: { cpus: '0-1', mems: '0' } },
    ['cpuset.cpus=0-1', 'cpuset.mems=0'],
    ['cpuset.cpus=0-1', 'cpuset.mems=0'],
  ],
  [{ pids: { limit: 5 } }, ['pids.max=5'], ['pids.max=5']],
  [{ pids: { limit: 0 } }, ['pids.max=1'], ['pids.max=1']],
  [{ pids: { limit: -1 } }, ['pids.max=max'], ['pids.max=max']],
  [{ blockIO: { weight: 500 } }, ['blkio.bfq.weight=500'], ['io.bfq.weight=500']],
  [
    { blockIO: { weightDevice: [{ major: 8, minor: 0, weight: 10, leafWeight: 20 }] } },
    ['blkio.bfq.weight_device=8:0 10', 'blkio.leaf_weight_device=8:0 20'],
    ['io.bfq.weight=8:0 10'],
  ],
  [
    {
      blockIO: {
        throttleReadBpsDevice: [{ major: 8, minor: 0, rate: 1 }],
        throttleWriteIOPSDevice: [{ major: 8, minor: 16, rate: 2n }],
      },
    },
    ['blkio.throttle.read_bps_device=8:0 1', 'blkio.throttle.write_iops_device=8:16 2'],
    ['io.max=8:0 rbps=1', 'io.max=8:16 wiops=2'],
  ],
  [
    { hugepageLimits: [{ pageSize: '2MB', limit: 4 }] },
    ['hugetlb.2MB.rsvd.limit_in_bytes=4', 'hugetlb.2MB.limit_in_bytes=4'],
    ['hugetlb.2MB.rsvd.max=4', 'hugetlb.2MB.max=4'],
  ],
  [
    { network: { classID: 1048577, priorities: [{ name: 'eth0', priority: 5 }] } },
    ['net_cls.classid=1048577', 'net_prio.ifpriomap=eth0 5'],
    [],
  ],
  [
    { rdma: { mlx5_1: { hcaHandles: 3, hcaObjects: 9 }, mlx4_0: { hcaObjects: 1 } } },
    ['rdma.max=mlx5_1 hca_handle=3 hca_object=9', 'rdma.max=mlx4_0 hca_object=1'],
    ['rdma.max=mlx5_1 hca_handle=3 hca_object=9', 'rdma.max=mlx4_0 hca_object=1'],
  ],
  [{ unified: {} }, [], []],
  [
    { unified: { 'memory.high': '64', 'io.max': '8:0 rbps=1\n8:16 rbps=2\n' } },
    /need cgroup v2/,
    ['memory.high=64', 'io.max=8:0 rbps=1', 'io.max=8:16 rbps=2'],
  ],
  [{ unified: { '../x': '1' } }, /need cgroup v2/, /not the name of a control file/],
  [{ unified: { 'memory/../x.y': '1' } }, /need cgroup v2/, /not the name of a control file/],
  [{ unified: { memory: '1' } }, /need cgroup v2/, /not the name of a control file/],
]

for (const [name, limitsOf, column] of [
  ['v1', limitsV1, 1],
  ['v2', limitsV2, 2],
] as const) {
  t.test(`resources as ${name} files`, async (t) => {
    for (const row of CASES) {
      const expected = row[column]
      const what = JSON.stringify(row[0], (_, v) => (typeof v === 'bigint' ? String(v) : v))
      if (expected instanceof RegExp) t.throws(() => limitsOf(row[0]), { message: expected }, what)
      else t.same(written(limitsOf(row[0])), expected, what)
    }
  })
}

t.test('shares as weights', async (t) => {
  for (const [shares, weight] of [
    [1, 1],
    [2, 1],
    [256, 35],
    [512, 59],
    [1024, 100],
    [2048, 174],
    [262144, 10000],
    [300000n, 10000],
  ] as const) {
    t.equal(cpuWeight(shares), weight, `${shares}`)
  }
  t.same([10, 100, 1000].map(ioWeight), [1, 910, 10000])
})

t.test('weights of devices where BFQ is not the scheduler', async (t) => {
  const blockIO = { weightDevice: [{ major: 8, minor: 0, weight: 100 }] }
  t.match(limitsV2({ blockIO }).limits, [{ otherwise: { file: 'io.weight', value: '8:0 910' } }])
  t.match(limitsV1({ blockIO }).limits, [
    { otherwise: { file: 'blkio.weight_device', value: '8:0 100' } },
  ])
})

t.test('what has no effect is said', async (t) => {
  const { notices } = limitsV2({ memory: { swappiness: 5, kernel: 1 }, network: { classID: 1 } })
  t.match(notices, [/memory\.kernel/, /memory\.swappiness/, /network\.classID/])
  t.match(limitsV1({ memory: { kernel: 1 } }).notices, [/memory\.kernel/])
  t.same(limitsV1({ memory: { limit: 1, kernel: 0 } }).notices, [])
  for (const limitsOf of [limitsV1, limitsV2]) {
    t.match(limitsOf({ cpu: { idle: 1, shares: 9 } }).notices, [/cpu\.shares .* idle/])
    t.same(limitsOf({ cpu: { idle: 0, shares: 9 } }).notices, [])
  }
})

t.test('a limit below what is in use is refused where that is asked for', async (t) => {
  const usages = (memory: Memory): unknown =>
    limitsV2({ memory }).limits.map(({ file, usage }) => [file, usage])
  t.same(usages({ limit: 64 }), [['memory.max', undefined]])
  t.same(usages({ limit: 64, checkBeforeUpdate: true }), [['memory.max', 'memory.current']])
  t.same(
    usages({ limit: -1, checkBeforeUpdate: true }),
    [
      ['memory.swap.max', undefined],
      ['memory.max', undefined],
    ],
    'no limit is never too low',
  )
})

t.test('an error can be found in the config', async (t) => {
  const pointers = ({ limits }: Limits) => limits.map(({ pointer }) => pointer)
  t.same(
    pointers(
      limitsV2({ unified: { 'a.b~c': '1' }, hugepageLimits: [{ pageSize: '2MB', limit: 1 }] }),
    ),
    [
      '/linux/resources/hugepageLimits/0',
      '/linux/resources/hugepageLimits/0',
      '/linux/resources/unified/a.b~0c',
    ],
  )
})
