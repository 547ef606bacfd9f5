import t from 'tap'
import { EINVAL } from '../../sys/errno.ts'
import { place, runStub } from '../attributes/test-support.ts'
import { checkApparmor, hasApparmor, hasOwnFiles } from './parent.ts'
import { apparmorCalls, isLoaded } from './plan.ts'

t.strictSame(apparmorCalls(undefined, { ...place, hasOwnFiles: true }), [])
t.strictSame(apparmorCalls('', { ...place, hasOwnFiles: true }), [], 'an empty one is none')

t.match(apparmorCalls('docker-default', { ...place, hasOwnFiles: true }), [
  { call: 'openat', args: [4, { text: 'self/attr/apparmor/exec' }] },
  { call: 'write', args: [5, { bytes: Buffer.from('exec docker-default') }, 19] },
  { call: 'close', args: [5] },
])
t.match(
  apparmorCalls('docker-default', { ...place, hasOwnFiles: false })[0],
  { args: [4, { text: 'self/attr/exec' }] },
  'before Linux 5.8',
)

t.test('in a real stub', async (t) => {
  const calls = apparmorCalls('unconfined', { ...place, hasOwnFiles: hasOwnFiles() })
  const { status, records } = runStub(t.testdir(), calls, '/bin/true')
  // Without a security module nobody takes the write, which has arrived where it should.
  if (hasApparmor()) t.strictSame([status, records], [0, []])
  else t.strictSame(records, [{ index: 1, errno: EINVAL }])
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
