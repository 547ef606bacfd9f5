import t from 'tap'
import { inStub } from '../attributes/test-support.ts'
import { planMounts } from '../mounts/plan.ts'
import { applySelinux, labelKeys } from './inside.ts'
import { checkMountLabel, checkSelinux, hasSelinux } from './parent.ts'
import { labelMounts } from './plan.ts'

const LABEL = 'system_u:system_r:container_t:s0:c1,c2'

const skip = hasSelinux() && 'this host has SELinux, whose policy decides'

t.test('in a process that does as it is told', { skip }, async (t) => {
  // Nobody takes the write, which has arrived where it should.
  const refused = { syscall: 'write', code: 'EINVAL' }
  t.throws(() => inStub((proc) => applySelinux(LABEL, proc), '/bin/true'), refused)
  t.throws(() => inStub((proc) => labelKeys(LABEL, proc, () => {}), '/bin/true'), refused)
})

t.test('no label: only the keys', async (t) => {
  let made = 0
  labelKeys(undefined, -1, () => made++)
  t.equal(made, 1)
})

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
