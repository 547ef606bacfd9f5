import t from 'tap'
import { bind } from '../../sys/bind.ts'
import { close, openat } from '../../sys/file.ts'
import { AT_FDCWD, O_DIRECTORY, O_PATH, O_RDONLY } from '../../sys/flags/open.ts'
import { inStub } from '../attributes/test-support.ts'
import { planMounts } from '../mounts/plan.ts'
import { applySelinux, labelKeys, labelRoot } from './inside.ts'
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
  const labels = labelMounts(mounts, LABEL).map(({ label }) => label)
  t.strictSame(labels, [undefined, undefined, LABEL, undefined], 'what knows no option for it')
})

const fgetxattr = bind<[file: number, name: string, value: Uint8Array, size: number]>(
  'long fgetxattr(int, const char *, void *, size_t)',
)

t.test('the root of a mount', { skip: skip || (process.getuid!() !== 0 && 'needs root') }, (t) => {
  const path = t.testdir({})
  const root = openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY)
  const handle = openat(AT_FDCWD, path, O_PATH | O_DIRECTORY)
  const value = Buffer.alloc(100)
  try {
    labelRoot(handle, LABEL)
    const size = fgetxattr(root, 'security.selinux', value, value.length)
    t.equal(value.toString('utf8', 0, size), LABEL)
  } finally {
    close(handle)
    close(root)
  }
  t.end()
})

const no = (): boolean => false
const message = 'selinux label is specified in config, but selinux is disabled or not supported'
t.throws(() => checkSelinux(LABEL, no), { message, pointer: '/process/selinuxLabel' })
t.throws(() => checkMountLabel(LABEL, no), { message, pointer: '/linux/mountLabel' })
t.doesNotThrow(() => checkMountLabel(undefined, no))
t.doesNotThrow(() => checkSelinux(LABEL, () => true))
