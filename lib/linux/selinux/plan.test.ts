import t from 'tap'
import { EINVAL } from '../../sys/errno.ts'
import { place, runStub } from '../attributes/test-support.ts'
import { planMounts } from '../mounts/plan.ts'
import { checkMountLabel, checkSelinux, hasSelinux } from './parent.ts'
import { labelKeys, labelMounts, selinuxCalls } from './plan.ts'

const LABEL = 'system_u:system_r:container_t:s0:c1,c2'

t.strictSame(selinuxCalls(undefined, place), [])
t.match(selinuxCalls(LABEL, place), [
  { call: 'openat', args: [4, { text: 'self/attr/exec' }], pointer: '/process/selinuxLabel' },
  { call: 'write', args: [5, { bytes: Buffer.from(LABEL) }, LABEL.length] },
  { call: 'close', args: [5] },
])

t.test('keys are made in between', async (t) => {
  const make = [{ call: 'keyctl', args: [1, 0], doing: 'make keys' }] as const
  t.strictSame(labelKeys(make, undefined, place), make, 'no label')
  const calls = labelKeys(make, LABEL, place)
  t.strictSame(
    calls.map(({ call }) => call),
    ['openat', 'write', 'close', 'keyctl', 'openat', 'write', 'close'],
  )
  t.match(calls[0], { args: [4, { text: 'self/attr/keycreate' }] })
  t.match(calls[5], { args: [5, { bytes: Buffer.from('') }, 0] }, 'and no longer')
})

t.test(
  'in a real stub',
  { skip: hasSelinux() && 'this host has SELinux, whose policy decides' },
  async (t) => {
    const { records } = runStub(t.testdir(), selinuxCalls(LABEL, place), '/bin/true')
    t.strictSame(records, [{ index: 1, errno: EINVAL }], 'nobody takes the write')
  },
)

t.test('mounts', async (t) => {
  const mounts = planMounts(
    [
      { destination: '/proc', type: 'proc' },
      { destination: '/dev', type: 'tmpfs', options: ['mode=755'] },
      { destination: '/dev/mqueue', type: 'mqueue' },
      { destination: '/data', source: '/srv', options: ['bind'] },
    ],
    '/bundle',
  )
  const parameters = (type?: 'fscontext'): unknown =>
    labelMounts(mounts, LABEL, type).map((mount) => mount.parameters)
  t.strictSame(parameters(), [
    [],
    [
      ['mode', '755'],
      ['context', LABEL],
    ],
    [],
    [],
  ])
  t.match(parameters('fscontext'), [
    [],
    [
      ['mode', '755'],
      ['fscontext', LABEL],
    ],
    [],
    [],
  ])
  t.equal(labelMounts(mounts, ''), mounts)
})

const no = (): boolean => false
const message = 'selinux label is specified in config, but selinux is disabled or not supported'
t.throws(() => checkSelinux(LABEL, no), { message, pointer: '/process/selinuxLabel' })
t.throws(() => checkMountLabel(LABEL, no), { message, pointer: '/linux/mountLabel' })
t.doesNotThrow(() => checkMountLabel(undefined, no))
t.doesNotThrow(() => checkSelinux(LABEL, () => true))
