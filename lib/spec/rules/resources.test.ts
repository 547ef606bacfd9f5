/** The rules for limits: what they accept, and what they refuse with which pointer. */
import t from 'tap'
import { call, checkTable, seccomp } from './test-support.ts'

checkTable(t, {
  'device rules': [
    [{ '/linux/resources/devices': [{ allow: true }, { allow: true, type: '', access: '' }] }],
    [{ '/linux/resources/devices': [{ allow: true, type: 'c', major: -1, minor: -1 }] }],
    [
      { '/linux/resources/devices': [{ allow: true, type: 'p', major: -2, access: 'rx' }] },
      '/linux/resources/devices/0/type',
      '/linux/resources/devices/0/major',
      '/linux/resources/devices/0/access',
    ],
  ],
  resources: [
    [{ '/linux/resources/memory': { limit: -1, swap: -1, reservation: 5 } }],
    [{ '/linux/resources/memory': { limit: 5, swap: 5, swappiness: 100 } }],
    [{ '/linux/resources/memory': { swap: -1 } }],
    [{ '/linux/resources/memory': { limit: 9223372036854775807n, swap: 9223372036854775807n } }],
    [{ '/linux/resources/memory': { limit: -2 } }, '/linux/resources/memory/limit'],
    [{ '/linux/resources/memory': { swap: 5 } }, '/linux/resources/memory/swap'],
    [{ '/linux/resources/memory': { limit: 6, swap: 5 } }, '/linux/resources/memory/swap'],
    [{ '/linux/resources/memory': { limit: -1, swap: 5 } }, '/linux/resources/memory/swap'],
    [{ '/linux/resources/memory': { swappiness: 101 } }, '/linux/resources/memory/swappiness'],
    [{ '/linux/resources/cpu': { period: 0, quota: -1, cpus: '0-3,7', mems: '' } }],
    [
      { '/linux/resources/cpu': { period: 999, quota: 1, cpus: 'a', mems: '0;1' } },
      '/linux/resources/cpu/period',
      '/linux/resources/cpu/quota',
      '/linux/resources/cpu/cpus',
      '/linux/resources/cpu/mems',
    ],
    [{ '/linux/resources/pids': { limit: -1 } }],
    [{ '/linux/resources/pids': {} }],
    [
      { '/linux/resources/blockIO/weightDevice': [{ major: 8, minor: 0 }] },
      '/linux/resources/blockIO/weightDevice/0',
    ],
    [{ '/linux/resources/rdma': { a: { hcaHandles: 0 } } }],
    [{ '/linux/resources/rdma': { 'a/b': {} } }, '/linux/resources/rdma/a~1b'],
    [{ '/linux/resources/unified': { 'memory.high': '5', 'hugetlb.1GB.max': '0' } }],
    [
      { '/linux/resources/unified': { 'a.b/../c': '1', memory: '1', '..': '1', '.a': '' } },
      '/linux/resources/unified/a.b~1..~1c',
      '/linux/resources/unified/memory',
      '/linux/resources/unified/..',
      '/linux/resources/unified/.a',
    ],
  ],
  'intel rdt': [
    [{ '/linux/intelRdt': { closID: '/', schemata: ['L3:0=f'] } }],
    [{ '/linux/intelRdt': { closID: '..' } }, '/linux/intelRdt/closID'],
    [{ '/linux/intelRdt': { closID: 'a/b' } }, '/linux/intelRdt/closID'],
    [{ '/linux/intelRdt': { schemata: ['a\nb'] } }, '/linux/intelRdt/schemata/0'],
    [{ '/linux/intelRdt': { memBwSchema: 'L3:0=f' } }, '/linux/intelRdt/memBwSchema'],
  ],
  'memory policy': [
    [{ '/linux/memoryPolicy': { mode: 'MPOL_BIND', nodes: '0-1,3' } }],
    [{ '/linux/memoryPolicy': { mode: 'MPOL_PREFERRED' } }],
    [{ '/linux/memoryPolicy': { mode: 'MPOL_BIND' } }, '/linux/memoryPolicy'],
    [{ '/linux/memoryPolicy': { mode: 'MPOL_LOCAL', nodes: '0' } }, '/linux/memoryPolicy/nodes'],
    [{ '/linux/memoryPolicy': { mode: 'MPOL_BIND', nodes: ' 0-1 ,,1023' } }],
    ...['a', '-1', '1-', '3-1', '1024', '0-9876543210', '0 1'].map(
      (nodes): [Record<string, unknown>, string] => [
        { '/linux/memoryPolicy': { mode: 'MPOL_BIND', nodes } },
        '/linux/memoryPolicy/nodes',
      ],
    ),
    [
      {
        '/linux/memoryPolicy': {
          mode: 'MPOL_BIND',
          nodes: '0',
          flags: ['MPOL_F_STATIC_NODES', 'MPOL_F_RELATIVE_NODES'],
        },
      },
      '/linux/memoryPolicy/flags',
    ],
  ],
  personality: [
    [{ '/linux/personality': { domain: 'LINUX32', flags: [] } }],
    [{ '/linux/personality': { domain: 'LINUX', flags: ['x'] } }, '/linux/personality/flags/0'],
    [{ '/linux/personality': {} }, '/linux/personality'],
  ],
  seccomp: [
    [seccomp({ defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 38 })],
    [seccomp({ defaultErrnoRet: 38 }), '/linux/seccomp/defaultErrnoRet'],
    [call({ action: 'SCMP_ACT_TRACE', errnoRet: 0 })],
    [call({ action: 'SCMP_ACT_KILL', errnoRet: 0 }), '/linux/seccomp/syscalls/0/errnoRet'],
    [call({ action: 'SCMP_ACT_ERRNO', errnoRet: 65_536 }), '/linux/seccomp/syscalls/0/errnoRet'],
    [call({ action: 'SCMP_ACT_ERRNO', names: [''] }), '/linux/seccomp/syscalls/0/names/0'],
    [call({ action: 'SCMP_ACT_ERRNO', names: [] }), '/linux/seccomp/syscalls/0/names'],
    [
      call({ action: 'SCMP_ACT_ERRNO', args: [{ index: 6, value: 0, op: 'SCMP_CMP_EQ' }] }),
      '/linux/seccomp/syscalls/0/args/0/index',
    ],
    [call({ action: 'SCMP_ACT_NOTIFY' }), '/linux/seccomp/syscalls/0/action'],
    [
      seccomp({
        listenerPath: '/run/x',
        listenerMetadata: 'x',
        syscalls: [{ names: ['read'], action: 'SCMP_ACT_NOTIFY' }],
      }),
    ],
    [
      seccomp({
        listenerPath: '/run/x',
        syscalls: [{ names: ['read', 'write'], action: 'SCMP_ACT_NOTIFY' }],
      }),
      '/linux/seccomp/syscalls/0/names/1',
    ],
    [seccomp({ listenerMetadata: 'x' }), '/linux/seccomp/listenerMetadata'],
    [
      seccomp({ defaultAction: 'SCMP_ACT_NOTIFY', listenerPath: '/run/x' }),
      '/linux/seccomp/defaultAction',
    ],
    [seccomp({ architectures: ['SCMP_ARCH_Z80'] }), '/linux/seccomp/architectures/0'],
  ],
})
