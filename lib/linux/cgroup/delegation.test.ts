import t from 'tap'
import type { Config } from '../../spec/types.ts'
import { planOwner } from './delegation.ts'

const cgroupNamespace = { type: 'cgroup' } as const
const userNamespace = { type: 'user' } as const
const writable = { destination: '/sys/fs/cgroup', type: 'cgroup', options: ['rw'] }
const readOnly = { ...writable, options: ['nosuid', 'ro'] }
const uidMappings = [{ containerID: 0, hostID: 100000, size: 1000 }]

t.test('who gets the cgroup', async (t) => {
  for (const [name, config, owner] of [
    ['no namespace', { mounts: [writable] }, undefined],
    ['no mount', { linux: { namespaces: [cgroupNamespace] } }, undefined],
    ['read-only', { linux: { namespaces: [cgroupNamespace] }, mounts: [readOnly] }, undefined],
    [
      'joined namespace',
      { linux: { namespaces: [{ ...cgroupNamespace, path: '/x' }] }, mounts: [writable] },
      undefined,
    ],
    ['root', { linux: { namespaces: [cgroupNamespace] }, mounts: [writable] }, 0],
    [
      'user',
      {
        linux: { namespaces: [cgroupNamespace] },
        mounts: [writable],
        process: { cwd: '/', user: { uid: 5, gid: 5 } },
      },
      5,
    ],
    [
      'mapped root',
      { linux: { namespaces: [cgroupNamespace, userNamespace], uidMappings }, mounts: [writable] },
      100000,
    ],
    [
      'a user without a mapping',
      {
        linux: { namespaces: [cgroupNamespace, userNamespace], uidMappings },
        mounts: [writable],
        process: { cwd: '/', user: { uid: 2000, gid: 0 } },
      },
      undefined,
    ],
  ] as const satisfies readonly (readonly [string, Partial<Config>, number | undefined])[]) {
    t.equal(planOwner({ ociVersion: '1.3.0', ...config } as Config), owner, name)
  }
})
