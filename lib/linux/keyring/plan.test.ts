import { existsSync } from 'node:fs'
import t from 'tap'
import { runStub } from '../attributes/test-support.ts'
import { joinKeyringCalls, keyringCalls } from './plan.ts'

const skip = !existsSync('/proc/keys') && 'this kernel has no keyrings'

/** Of the keyring that a program has and its name: its permissions, /proc/keys in keyrings(7). */
const permissionsOf = (name: string, keys: string): string | undefined =>
  keys
    .split('\n')
    .find((line) => line.includes(` ${name}:`))
    ?.split(/\s+/)[4]

t.test('a keyring of its own', { skip }, async (t) => {
  const name = `_ses.test-${process.pid}`
  const calls = keyringCalls({ name, inUserNamespace: false })
  const { status, stdout } = runStub(t.testdir(), calls, '/bin/cat', '/proc/keys')
  t.equal(status, 0)
  t.equal(permissionsOf(name, stdout), '3f1b0000', 'its user may search for it')
})

t.test('in a user namespace others may search for it', { skip }, async (t) => {
  const name = `_ses.user-${process.pid}`
  const calls = keyringCalls({ name, inUserNamespace: true })
  const { stdout } = runStub(t.testdir(), calls, '/bin/cat', '/proc/keys')
  t.equal(permissionsOf(name, stdout), '3f130008')
})

t.test('joined by name', { skip }, async (t) => {
  const name = `_ses.join-${process.pid}`
  const serial = (keys: string): string | undefined =>
    keys
      .split('\n')
      .find((line) => line.includes(` ${name}:`))
      ?.split(' ')[0]
  const directory = t.testdir()
  // A keyring lives as long as a process that has it.
  const first = runStub(
    directory,
    keyringCalls({ name, inUserNamespace: false }),
    '/bin/sh',
    '-c',
    'cat /proc/keys; sleep 2 >/dev/null 2>&1 3>&- &',
  )
  const second = runStub(directory, joinKeyringCalls(name), '/bin/cat', '/proc/keys')
  t.ok(serial(first.stdout))
  t.equal(serial(second.stdout), serial(first.stdout))
})
