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
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { noLibseccomp as skip } from './answer.test-support.ts'
import { KeptFilters, type Ingredients } from './cache.ts'
import type { Filter } from './kept.ts'

const filter: Filter = { flags: 4, code: Buffer.from('0600000000000000060000000000ff7f', 'hex') }
const other: Filter = { flags: 0, code: Buffer.from('060000000000ff7f', 'hex') }

const of = { profile: '{"defaultAction": "SCMP_ACT_LOG"}', failUnknown: false }

const fileOf = (root: string): string => {
  const [name = ''] = readdirSync(join(root, '@seccomp'))
  return join(root, '@seccomp', name)
}

/** What a new process finds. */
const find = (root: string, ingredients: Ingredients = of): Filter | undefined =>
  new KeptFilters(root).find(ingredients)

const keep = (root: string, kept = filter, ingredients: Ingredients = of): void =>
  new KeptFilters(root).keep(kept, ingredients)

void test('a filter that was kept', { skip }, async (t) => {
  const root = t.testdir()
  t.equal(find(root), undefined)
  t.notOk(existsSync(join(root, '@seccomp')), 'looking makes nothing')
  keep(root)
  t.strictSame(find(root), filter)
  t.ok(new KeptFilters(root).has(of.profile))
  t.equal(find(root, { ...of, failUnknown: true }), undefined)
  t.equal(find(join(root, 'other')), undefined)
  t.equal(find(root, { ...of, profile: `${of.profile} ` }), undefined)
})

void test('what cannot be kept leaves nothing', { skip }, async (t) => {
  const root = t.testdir()
  keep(root)
  const file = fileOf(root)
  unlinkSync(file)
  mkdirSync(file)
  t.doesNotThrow(() => keep(root))
  t.strictSame(readdirSync(join(root, '@seccomp')), [basename(file)])
})

void test('it is read once', { skip }, async (t) => {
  const root = t.testdir()
  keep(root)
  const filters = new KeptFilters(root)
  t.ok(filters.has(of.profile))
  unlinkSync(fileOf(root))
  t.strictSame(filters.find(of), filter)
  t.equal(filters.find({ ...of, failUnknown: true }), undefined)
})

void test('a kept filter that is not whole is none', { skip }, async (t) => {
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
  const root = t.testdir()
  keep(root)
  const file = fileOf(root)
  const whole = readFileSync(file)
  for (const [damage, make] of Object.entries(damages)) {
    truncateSync(file)
    writeFileSync(file, make(whole))
    t.strictSame(find(root), damage === 'nothing' ? filter : undefined, damage)
    keep(root)
    t.strictSame(readFileSync(file), whole, `${damage}: and kept again`)
  }
})

void test('what others may write is not used', { skip }, async (t) => {
  const root = t.testdir()
  keep(root)
  const file = fileOf(root)
  chmodSync(file, 0o644)
  t.equal(find(root), undefined, 'a file')
  chmodSync(file, 0o600)
  renameSync(file, `${file}.x`)
  symlinkSync(`${file}.x`, file)
  t.equal(find(root), undefined, 'a link')

  const lax = join(root, 'lax')
  mkdirSync(join(lax, '@seccomp'), { recursive: true })
  chmodSync(join(lax, '@seccomp'), 0o777)
  keep(lax)
  t.strictSame(readdirSync(join(lax, '@seccomp')), [], 'a directory')

  const linked = join(root, 'linked')
  mkdirSync(join(linked, 'elsewhere'), { recursive: true })
  symlinkSync('elsewhere', join(linked, '@seccomp'))
  keep(linked)
  t.strictSame(readdirSync(join(linked, 'elsewhere')), [], 'a link to one')
})

void test('a filter under the name of another', { skip }, async (t) => {
  const root = t.testdir()
  keep(join(root, 'one'))
  keep(join(root, 'other'), other, { ...of, failUnknown: true })
  renameSync(fileOf(join(root, 'other')), fileOf(join(root, 'one')))
  t.equal(find(join(root, 'one')), undefined)
})

void test('where nothing can be kept', { skip }, async (t) => {
  const root = join(t.testdir({ file: '' }), 'file')
  t.equal(find(root), undefined)
  t.doesNotThrow(() => keep(root))
})
