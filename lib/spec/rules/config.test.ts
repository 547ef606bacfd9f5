/** The rules for the rest of the config: what they accept, and what they refuse with which pointer. */
import t from 'tap'
import { parseConfig } from '../load.ts'
import { warnings } from '../warnings.ts'
import {
  checkTable,
  configWith,
  namespaces,
  map,
  whole,
  mappings,
  userns,
  device,
  type Settings,
} from './test-support.ts'

checkTable(t, {
  version: [
    [{}],
    [{ '/ociVersion': '1.0.0-rc5' }],
    [{ '/ociVersion': '1.0.2-dev' }],
    [{ '/ociVersion': '1.3.0+dev' }],
    [{ '/ociVersion': '1.9.0' }],
    [{ '/ociVersion': '0.5.0-dev' }],
    [{ '/ociVersion': '2.0.0' }, '/ociVersion'],
    [{ '/ociVersion': '1.0' }, '/ociVersion'],
    [{ '/ociVersion': '' }, '/ociVersion'],
    [{ '/ociVersion': undefined }, ''],
  ],
  root: [
    [{ '/root': undefined }, '/root'],
    [{ '/root/path': '' }, '/root/path'],
    [{ '/root/path': '.' }],
  ],
  annotations: [
    [{ '/annotations': { a: '' } }],
    [{ '/annotations': { '': 'a' } }, '/annotations/'],
    [{ '/annotations': { 'run.oci.nobody.knows': '/' } }],
    [{ '/annotations': { 'run.oci.hooks.stdout': '/var/log/hooks' } }],
    [{ '/annotations': { 'run.oci.hooks.stdout': '' } }],
    [{ '/annotations': { 'run.oci.hooks.stdout': 'log' } }, '/annotations/run.oci.hooks.stdout'],
    [{ '/annotations': { 'run.oci.mount_context_type': 'fscontext' } }],
    [
      { '/annotations': { 'run.oci.mount_context_type': 'label' } },
      '/annotations/run.oci.mount_context_type',
    ],
    [{ '/annotations': { 'run.oci.keep_original_groups': 'no' } }],
    [{ '/annotations': { 'run.oci.seccomp_bpf_data': 'BgAAAAAA/38=' } }],
    [
      { '/annotations': { 'run.oci.seccomp_bpf_data': 'BgAAAA==' } },
      '/annotations/run.oci.seccomp_bpf_data',
    ],
    [
      { '/annotations': { 'run.oci.seccomp_bpf_data': '{}' } },
      '/annotations/run.oci.seccomp_bpf_data',
    ],
    [{ '/annotations': { 'run.oci.handler': 'krun' } }, '/annotations/run.oci.handler'],
  ],
  names: [
    [{ '/hostname': 'a'.repeat(64), '/domainname': 'b' }],
    [{ '/hostname': 'a'.repeat(65) }, '/hostname'],
    [{ '/hostname': 'ü'.repeat(33) }, '/hostname'],
    [
      { '/hostname': 'a', '/domainname': 'b', '/linux/namespaces': namespaces('mount') },
      '/hostname',
      '/domainname',
    ],
    [{ '/hostname': '', '/linux/namespaces': namespaces('mount') }],
  ],
  namespaces: [
    [{ '/linux/namespaces/-': { type: 'pid' } }, '/linux/namespaces/5/type'],
    [{ '/linux/namespaces/-': { type: 'cgroup', path: '/proc/1/ns/cgroup' } }],
    [{ '/linux/namespaces/-': { type: 'cgroup', path: '' } }],
    [{ '/linux/namespaces/-': { type: 'cgroup', path: 'ns' } }, '/linux/namespaces/5/path'],
    [{ '/linux/namespaces/-': { type: 'net' } }, '/linux/namespaces/5/type'],
  ],
  'mapped ids': [
    [{ ...userns, ...mappings, '/process/user': { uid: 65535, gid: 65535 } }],
    [{ ...userns, ...mappings, '/process/user': { uid: 65536, gid: 0 } }, '/process/user/uid'],
    [
      { ...userns, ...mappings, '/process/user': { uid: 0, gid: 7e4, additionalGids: [1, 8e4] } },
      '/process/user/gid',
      '/process/user/additionalGids/1',
    ],
    [{ ...userns, ...mappings, '/linux/gidMappings': [map(0, 1000, 1)] }, '/mounts/2/options/5'],
    [{ '/process/user': { uid: 65536, gid: 0 } }],
  ],
  'id mappings': [
    [{ ...userns, ...mappings }],
    [mappings],
    [userns, '/linux/uidMappings', '/linux/gidMappings'],
    [{ '/linux/namespaces/-': { type: 'user', path: '/proc/1/ns/user' } }],
    [{ ...userns, ...mappings, '/linux/gidMappings': [map(5, 5, 5)] }, '/linux/gidMappings'],
    [
      { ...userns, ...mappings, '/linux/uidMappings': [map(0, 0, 10), map(9, 50, 1)] },
      '/linux/uidMappings/1/containerID',
    ],
    [
      { ...userns, ...mappings, '/linux/uidMappings': [map(0, 0, 10), map(10, 9, 1)] },
      '/linux/uidMappings/1/hostID',
    ],
    [
      { ...userns, ...mappings, '/linux/uidMappings': [map(0, 0, 10), map(10, 10, 0)] },
      '/linux/uidMappings/1/size',
    ],
    [
      { ...userns, ...mappings, '/linux/uidMappings': [map(0, 4294967295, 2)] },
      '/linux/uidMappings/0',
    ],
    [
      {
        ...userns,
        ...mappings,
        '/linux/uidMappings': Array.from({ length: 341 }, (_, i) => map(i, i, 1)),
      },
      '/linux/uidMappings',
    ],
  ],
  'time offsets': [
    [
      {
        '/linux/namespaces/-': { type: 'time' },
        '/linux/timeOffsets': { monotonic: { secs: -5, nanosecs: 999_999_999 } },
      },
    ],
    [{ '/linux/timeOffsets': {} }],
    [{ '/linux/timeOffsets': { boottime: { secs: 1 } } }, '/linux/timeOffsets'],
    [
      {
        '/linux/namespaces/-': { type: 'time', path: '/proc/1/ns/time' },
        '/linux/timeOffsets': { boottime: { secs: 1, nanosecs: 1_000_000_000 } },
      },
      '/linux/timeOffsets',
      '/linux/timeOffsets/boottime/nanosecs',
    ],
  ],
  'restricted paths': [
    [{ '/linux/maskedPaths': ['a', ''] }, '/linux/maskedPaths/0', '/linux/maskedPaths/1'],
    [{ '/linux/readonlyPaths': ['proc'] }, '/linux/readonlyPaths/0'],
    [{ '/linux/namespaces': namespaces('pid') }, '/linux/maskedPaths', '/linux/readonlyPaths'],
    [
      {
        '/linux/namespaces': namespaces('pid'),
        '/linux/maskedPaths': [],
        '/linux/readonlyPaths': undefined,
      },
    ],
  ],
  mounts: [
    [{ '/mounts/-': { destination: 'relative', type: 'tmpfs' } }],
    [{ '/mounts/-': { destination: '', type: 'tmpfs' } }, '/mounts/7/destination'],
    [{ '/mounts/-': { destination: '/a', source: '/a' } }, '/mounts/7'],
    [{ '/mounts/-': { destination: '/a', source: '/a', options: ['ro', 'rbind'] } }],
    [{ '/mounts/-': { destination: '/a', options: ['remount', 'ro'] } }],
    [{ '/mounts/-': { destination: '/a', type: 'x', uidMappings: whole } }, '/mounts/7'],
    [
      {
        '/mounts/-': {
          destination: '/a',
          options: ['bind', 'idmap'],
          uidMappings: whole,
          gidMappings: [map(0, 0, 5), map(1, 10, 5)],
        },
      },
      '/mounts/7/gidMappings/1/containerID',
    ],
    [{ '/mounts/-': { destination: '/a', options: ['bind', 'ridmap'] } }, '/mounts/7/options'],
    [{ ...userns, ...mappings, '/mounts/-': { destination: '/a', options: ['bind', 'idmap'] } }],
  ],
  hooks: [
    [{ '/hooks': { poststop: [{ path: '/bin/true', env: ['any'], timeout: 1 }] } }],
    [{ '/hooks': { poststop: [{ path: 'true' }] } }, '/hooks/poststop/0/path'],
    [
      { '/hooks': { createRuntime: [{ path: '/bin/true', timeout: 0 }] } },
      '/hooks/createRuntime/0/timeout',
    ],
  ],
  devices: [
    [device({})],
    [device({ fileMode: 0o20666 })],
    [device({ type: 'p', major: undefined, minor: undefined })],
    [device({ minor: undefined }), '/linux/devices/0'],
    [device({ major: -1 }), '/linux/devices/0/major'],
    [device({ minor: 2 ** 20 }), '/linux/devices/0/minor'],
    [device({ path: '' }), '/linux/devices/0/path'],
    [device({ type: 'a' }), '/linux/devices/0/type'],
    [
      {
        '/linux/devices': [
          { type: 'c', path: '/dev/x', major: 1, minor: 3 },
          { type: 'u', path: '/dev/x', major: 1, minor: 3 },
          { type: 'b', path: '/dev/x', major: 1, minor: 3 },
        ],
      },
      '/linux/devices/2/path',
    ],
  ],
  'network devices': [
    [{ '/linux/netDevices': { eth0: {}, eth1: { name: 'eth%d' }, eth2: { name: 'eth%d' } } }],
    [{ '/linux/netDevices': { 'a b': {} } }, '/linux/netDevices/a b'],
    [
      { '/linux/netDevices': { eth0: { name: 'a'.repeat(16) }, eth1: { name: '..' } } },
      '/linux/netDevices/eth0/name',
      '/linux/netDevices/eth1/name',
    ],
    [{ '/linux/netDevices': { eth0: {}, eth1: { name: 'eth0' } } }, '/linux/netDevices/eth1'],
    [
      { '/linux/netDevices': { eth0: {} }, '/linux/namespaces': namespaces('mount') },
      '/linux/netDevices',
    ],
  ],
  sysctl: [
    [{ '/linux/sysctl': { 'net.ipv4.ip_forward': '1', 'net/ipv4/conf/eth0.1/x': '1' } }],
    [{ '/linux/sysctl': { 'kernel.shmmax': '1', 'fs.mqueue.msg_max': '1' } }],
    [{ '/linux/sysctl': { 'kernel.domainname': 'a', 'net.ipv4.conf.eth0/1.x': '1' } }],
    [{ '/linux/sysctl': { 'kernel.hostname': 'a' } }, '/linux/sysctl/kernel.hostname'],
    [{ '/linux/sysctl': { 'kernel/hostname': 'a' } }, '/linux/sysctl/kernel~1hostname'],
    [{ '/linux/sysctl': { 'vm.swappiness': '1' } }, '/linux/sysctl/vm.swappiness'],
    [{ '/linux/sysctl': { '': '1' } }, '/linux/sysctl/'],
    [{ '/linux/sysctl': { 'net/../kernel/x': '1' } }, '/linux/sysctl/net~1..~1kernel~1x'],
    [{ '/linux/sysctl': { 'net.//.kernel.x': '1' } }, '/linux/sysctl/net.~1~1.kernel.x'],
    [
      { '/linux/sysctl': { 'user.max_user_namespaces': '1' } },
      '/linux/sysctl/user.max_user_namespaces',
    ],
    [{ ...userns, ...mappings, '/linux/sysctl': { 'user.max_user_namespaces': '1' } }],
    [
      {
        '/linux/namespaces': namespaces('mount'),
        '/linux/sysctl': { 'net.a': '1', 'kernel.sem': '1', 'kernel.domainname': '1' },
      },
      '/linux/sysctl/net.a',
      '/linux/sysctl/kernel.sem',
      '/linux/sysctl/kernel.domainname',
    ],
  ],
})

checkTable(t, {
  'a rule is silent about what the schema has refused': [
    [{ '/hostname': 'a', '/linux/namespaces': 5 }, '/linux/namespaces'],
    [{ '/hostname': 'a', '/linux/namespaces': [{ type: 'UTS' }] }, '/linux/namespaces/0/type'],
    [{ '/root': { path: 5 } }, '/root/path'],
    [{ '/root': [] }, '/root'],
    [{ '/process/args': 'sh', '/process/cwd': 'tmp' }, '/process/args', '/process/cwd'],
    [{ '/process/cwd': undefined, '/process/env': ['A'] }, '/process', '/process/env/0'],
    [{ '/linux': 5, '/hostname': 'a' }, '/linux'],
    [
      { ...userns, ...mappings, '/linux/uidMappings': [{ hostID: 5 }] },
      '/linux/uidMappings/0',
      '/linux/uidMappings/0',
    ],
  ],
})

t.test('warnings', (t) => {
  const rows: ReadonlyArray<readonly [settings: Settings, ...warnings: readonly RegExp[]]> = [
    [{}],
    [{ '/ociVersion': '1.3.5' }],
    [{ '/ociVersion': '1.4.0' }, /^\/ociVersion: 1.4.0 is newer/],
    [{ '/mounts/-': { destination: 'a', type: 'tmpfs' } }, /^\/mounts\/7\/destination: "a"/],
    [mappings, /^\/linux\/uidMappings/, /^\/linux\/gidMappings/],
    [{ '/linux/cgroupsPath': '/a/../../b' }, /^\/linux\/cgroupsPath/],
    [
      {
        '/linux/devices': [
          { type: 'c', path: '/dev/a', major: 1, minor: 3 },
          { type: 'c', path: '/dev/b', major: 1, minor: 3 },
        ],
      },
      /^\/linux\/devices\/1: \/dev\/b is the same/,
    ],
  ]
  for (const [settings, ...expected] of rows) {
    const found = warnings(parseConfig(configWith(settings)))
    t.equal(found.length, expected.length, found.join())
    t.match(found, expected)
  }
  t.end()
})
