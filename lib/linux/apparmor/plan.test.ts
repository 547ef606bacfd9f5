import t from 'tap'
import { inStub } from '../attributes/test-support.ts'
import { applyApparmor } from './inside.ts'
import { checkApparmor, hasApparmor } from './parent.ts'
import { isLoaded } from './plan.ts'

t.test('in a process that does as it is told', async (t) => {
  const apply = (): string =>
    inStub((proc) => applyApparmor('unconfined', proc), '/bin/cat', '/proc/self/attr/current')
      .stdout
  if (hasApparmor()) t.match(apply(), /^unconfined/)
  // Without a security module nobody takes the write, which has arrived where it should.
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
