import t from 'tap'
import { controllerHint } from './controllers.ts'
import { isOlder, kernelHint, type Refusal } from './missing.ts'
import { needsKernel } from './needs.ts'

for (const [running, since, older] of [
  ['5.10.0-28-amd64', '5.12', true],
  ['5.12', '5.12', false],
  ['6.1.0', '5.12', false],
  ['4.18.0-513.el8', '5.2', true],
  ['10.0', '9.11', false],
] as const) {
  t.equal(isOlder(running, since), older, `${running} before ${since}`)
}

t.equal(
  needsKernel({ since: '5.6', option: 'CONFIG_TIME_NS' }, '4.18.0'),
  'needs Linux 5.6 or newer with CONFIG_TIME_NS; this is Linux 4.18.0',
)

const cases: readonly (readonly [Refusal, running: string, hint: string | undefined])[] = [
  [
    { message: 'x', syscall: 'mount_setattr', code: 'ENOSYS' },
    '5.10.0',
    'needs Linux 5.12 or newer; this is Linux 5.10.0',
  ],
  [
    { message: 'set memory policy MPOL_BIND', syscall: 'set_mempolicy', code: 'ENOSYS' },
    '6.18.0',
    'needs a kernel with CONFIG_NUMA; this is Linux 6.18.0',
  ],
  [
    { message: 'set memory policy MPOL_WEIGHTED_INTERLEAVE', syscall: 'x', code: 'EINVAL' },
    '6.1.0',
    'needs Linux 6.9 or newer; this is Linux 6.1.0',
  ],
  [{ message: 'set memory policy MPOL_WEIGHTED_INTERLEAVE', code: 'EINVAL' }, '6.18.0', undefined],
  [{ message: 'set memory policy MPOL_BIND', code: 'EINVAL' }, '6.1.0', undefined],
  [
    { message: 'set scheduling policy SCHED_OTHER', code: 'EOPNOTSUPP' },
    '6.18.0',
    'needs Linux 5.3 or newer with CONFIG_UCLAMP_TASK; this is Linux 6.18.0',
  ],
  [{ message: 'x', syscall: 'openat', code: 'ENOSYS' }, '6.18.0', undefined],
  [{ message: 'x', code: 'EPERM' }, '3.10.0', undefined],
]
for (const [refusal, running, hint] of cases) {
  t.equal(kernelHint(refusal, running), hint, `${refusal.message} ${refusal.code}`)
}

const listed = '#subsys_name\thierarchy\tnum_cgroups\tenabled\nhugetlb\t0\t1\t1\npids\t8\t1\t0\n'
const missing = (name: string): string =>
  `set x: no cgroup hierarchy with the ${name} controller is mounted`
for (const [message, hint] of [
  [missing('hugetlb'), 'the kernel has the controller, and it is in no hierarchy of cgroup v1'],
  [missing('pids'), 'needs a kernel booted with cgroup_enable=pids; this is Linux 6.1.0'],
  [missing('rdma'), 'needs a kernel with CONFIG_CGROUP_RDMA; this is Linux 6.1.0'],
  [missing('other'), undefined],
  ['set x', undefined],
] as const) {
  t.equal(controllerHint(message, listed, '6.1.0'), hint, message)
}
