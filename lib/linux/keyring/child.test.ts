import { existsSync } from 'node:fs'
import { endStub, spawnStub } from '../../stub/spawn.ts'
import type { StubProcess } from '../../stub/process.ts'
import { inside } from '../../sys/elsewhere.ts'
import { readTextFile } from '../../sys/text-file.ts'
import { joinSessionKeyring, makeSessionKeyring } from './child.ts'
import t, { type Test } from 'tap'

const skip = !existsSync('/proc/keys') && 'this kernel has no keyrings'

const stubFor = (t: Test): StubProcess => {
  const stub = spawnStub(3, new Map())
  t.teardown(() => endStub(stub))
  return stub
}

/** The line of a keyring that the process has, by its name: /proc/keys in keyrings(7). */
const lineOf = (name: string, stub: StubProcess): readonly string[] | undefined =>
  inside(stub, () => readTextFile('/proc/keys'))
    .split('\n')
    .find((line) => line.includes(` ${name}:`))
    ?.split(/\s+/)

t.test('a keyring of its own, joined by name', { skip }, async (t) => {
  const name = `_ses.test-${process.pid}`
  const [first, second] = [stubFor(t), stubFor(t)]
  inside(first, () => makeSessionKeyring({ name, inUserNamespace: false }, -1))
  t.equal(lineOf(name, first)?.[4], '3f1b0000', 'its user may search for it')
  inside(second, () => joinSessionKeyring(name))
  t.equal(lineOf(name, second)?.[0], lineOf(name, first)?.[0])
})

t.test('in a user namespace others may search for it', { skip }, async (t) => {
  const name = `_ses.user-${process.pid}`
  const stub = stubFor(t)
  inside(stub, () => makeSessionKeyring({ name, inUserNamespace: true }, -1))
  t.equal(lineOf(name, stub)?.[4], '3f130008')
})
