import t from 'tap'
import { endStub, spawnStub } from '../../stub/spawn.ts'
import { inside } from '../../sys/elsewhere.ts'
import { openat } from '../../sys/file.ts'
import { AT_FDCWD, O_DIRECTORY, O_PATH } from '../../sys/flags/open.ts'
import { writeAttribute } from '../attributes/child.ts'
import { planMounts } from '../mounts/plan.ts'
import { checkMountLabel, checkSelinux, hasSelinux } from './parent.ts'
import { keyLabel, labelMounts, selinuxAttributes } from './plan.ts'

const LABEL = 'system_u:system_r:container_t:s0:c1,c2'

t.strictSame(selinuxAttributes(undefined), [])
t.match(selinuxAttributes(LABEL), [
  { file: 'exec', value: LABEL, pointer: '/process/selinuxLabel' },
])
t.match(keyLabel(LABEL), { file: 'keycreate', value: LABEL })
t.match(keyLabel(), { file: 'keycreate', value: '' }, 'and no longer')

t.test(
  'in another process',
  { skip: hasSelinux() && 'this host has SELinux, whose policy decides' },
  async (t) => {
    const stub = spawnStub(3, new Map())
    t.teardown(() => endStub(stub))
    const [attribute] = selinuxAttributes(LABEL)
    t.throws(
      () =>
        inside(stub, () =>
          writeAttribute(attribute!, openat(AT_FDCWD, '/proc', O_PATH | O_DIRECTORY)),
        ),
      { syscall: 'write', code: 'EINVAL' },
      'nobody takes the write',
    )
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
