import { test } from 'tap'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { noLibseccomp as skip } from './answer.test-support.ts'
import { isKept, keepFilter, keptFilter, type Ingredients } from './cache.ts'
import type { Filter } from './kept.ts'

const filter: Filter = { flags: 4, code: Buffer.from('0600000000000000060000000000ff7f', 'hex') }
const other: Filter = { flags: 0, code: Buffer.from('060000000000ff7f', 'hex') }

let profiles = 0
/** Of a profile that was not asked for before: what was found once is not looked for again. */
const ingredients = (root: string): Ingredients => ({
  profile: `{"defaultAction": "SCMP_ACT_LOG", "n": ${profiles++}}`,
  failUnknown: false,
  root,
})

const fileOf = (root: string): string => {
  const [name = ''] = readdirSync(join(root, '@seccomp'))
  return join(root, '@seccomp', name)
}

void test('a filter that was kept', { skip }, async (t) => {
  const root = t.testdir()
  const of = ingredients(root)
  t.equal(keptFilter(of), undefined)
  t.notOk(existsSync(join(root, '@seccomp')), 'looking makes nothing')
  keepFilter(filter, of)
  t.strictSame(keptFilter(of), filter)
  t.ok(isKept(of.profile, root))
  t.equal(keptFilter({ ...of, failUnknown: true }), undefined)
  t.equal(keptFilter({ ...of, root: join(root, 'other') }), undefined)
  t.equal(keptFilter({ ...of, profile: `${of.profile} ` }), undefined)
})

void test('a kept filter that is not whole is none', { skip }, async (t) => {
  const root = t.testdir()
  const damages: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
    nothing: (bytes) => bytes,
    empty: () => Buffer.alloc(0),
    zeros: (bytes) => Buffer.alloc(bytes.length),
    'zeros in the middle': (bytes) => Buffer.from(bytes).fill(0, 72, 80),
    'other flags': (bytes) => Buffer.from(bytes).fill(1, 64, 65),
    'cut short': (bytes) => bytes.subarray(0, -8),
    'without its end': (bytes) => Buffer.concat([bytes.subarray(0, 72), bytes.subarray(-8)]),
    'a digest alone': (bytes) => bytes.subarray(0, 64),
  }
  for (const [damage, make] of Object.entries(damages)) {
    const of = ingredients(join(root, damage))
    keepFilter(filter, of)
    const file = fileOf(of.root)
    const whole = readFileSync(file)
    truncateSync(file)
    writeFileSync(file, make(whole))
    t.strictSame(keptFilter(of), damage === 'nothing' ? filter : undefined, damage)
    keepFilter(filter, of)
    t.strictSame(readFileSync(file), whole, `${damage}: and kept again`)
    t.strictSame(keptFilter(of), filter)
  }
})

void test('what others may write is not used', { skip }, async (t) => {
  const root = t.testdir()
  const of = ingredients(root)
  keepFilter(filter, of)
  const file = fileOf(root)
  chmodSync(file, 0o644)
  t.equal(keptFilter(of), undefined, 'a file')
  chmodSync(file, 0o600)
  renameSync(file, `${file}.x`)
  symlinkSync(`${file}.x`, file)
  t.equal(keptFilter(of), undefined, 'a link')

  const lax = ingredients(join(root, 'lax'))
  mkdirSync(join(lax.root, '@seccomp'), { recursive: true })
  chmodSync(join(lax.root, '@seccomp'), 0o777)
  keepFilter(filter, lax)
  t.strictSame(readdirSync(join(lax.root, '@seccomp')), [], 'a directory')

  const linked = ingredients(join(root, 'linked'))
  mkdirSync(join(linked.root, 'elsewhere'), { recursive: true })
  symlinkSync('elsewhere', join(linked.root, '@seccomp'))
  keepFilter(filter, linked)
  t.strictSame(readdirSync(join(linked.root, 'elsewhere')), [], 'a link to one')
})

void test('a filter under the name of another', { skip }, async (t) => {
  const root = t.testdir()
  const strict = ingredients(join(root, 'strict'))
  const lax = ingredients(join(root, 'lax'))
  keepFilter(filter, strict)
  keepFilter(other, lax)
  renameSync(fileOf(lax.root), fileOf(strict.root))
  t.equal(keptFilter(strict), undefined)
})

void test('where nothing can be kept', { skip }, async (t) => {
  const of = ingredients(join(t.testdir({ file: '' }), 'file'))
  t.equal(keptFilter(of), undefined)
  t.doesNotThrow(() => keepFilter(filter, of))
})
