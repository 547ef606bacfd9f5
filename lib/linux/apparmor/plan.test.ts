import t from 'tap'
import { endStub, spawnStub } from '../../stub/spawn.ts'
import { inside } from '../../sys/elsewhere.ts'
import { openat } from '../../sys/file.ts'
import { AT_FDCWD, O_DIRECTORY, O_PATH } from '../../sys/flags/open.ts'
import { writeAttribute } from '../attributes/child.ts'
import { checkApparmor, hasApparmor, hasOwnFiles } from './parent.ts'
import { apparmorAttributes, isLoaded } from './plan.ts'

t.strictSame(apparmorAttributes(undefined, true), [])
t.strictSame(apparmorAttributes('', true), [], 'an empty one is none')
t.match(apparmorAttributes('docker-default', true), [
  { file: 'apparmor/exec', value: 'exec docker-default' },
])
t.match(apparmorAttributes('docker-default', false), [{ file: 'exec' }], 'before Linux 5.8')

t.test('in another process', async (t) => {
  const [attribute] = apparmorAttributes('unconfined', hasOwnFiles())
  const stub = spawnStub(3, new Map())
  t.teardown(() => endStub(stub))
  const apply = (): void =>
    inside(stub, () => writeAttribute(attribute!, openat(AT_FDCWD, '/proc', O_PATH | O_DIRECTORY)))
  // Without a security module nobody takes the write, which has arrived where it should.
  if (hasApparmor()) t.doesNotThrow(apply)
  else t.throws(apply, { syscall: 'write', code: 'EINVAL' })
})

const loaded = 'docker-default (enforce)\n/usr/bin/man (complain)\nmy profile (enforce)\n'
for (const [profile, answer] of [
  ['docker-default', true],
  ['/usr/bin/man', true],
  ['my profile', true],
  ['docker', false],
  ['unconfined', true],
  [':ns:profile', true],
  ['docker-default//&other', true],
] as const) {
  t.equal(isLoaded(profile, loaded), answer, profile)
}

const yes = (): boolean => true
const no = (): boolean => false
t.throws(() => checkApparmor('x', no), {
  message: 'apparmor: config provided but apparmor not supported',
  pointer: '/process/apparmorProfile',
  hint: /^needs a kernel with CONFIG_SECURITY_APPARMOR and booted with apparmor=1; this is Linux \d/,
})
t.throws(() => checkApparmor('x', yes, () => loaded), {
  message: 'apparmor: profile "x" is not loaded',
})
t.doesNotThrow(() => checkApparmor('docker-default', yes, () => loaded))
t.doesNotThrow(() => checkApparmor('x', yes, () => undefined), 'nobody can tell')
t.doesNotThrow(() => checkApparmor('', no))
