import { test } from 'tap'
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Seccomp } from '../../spec/types.ts'
import { filterFor } from './cache.ts'

const seccomp: Seccomp = {
  defaultAction: 'SCMP_ACT_ALLOW',
  syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO' }],
}

const isMissing = (): boolean => {
  try {
    filterFor(seccomp, false, '/nonexistent')
    return false
  } catch (error) {
    return /libseccomp/.test(String(error))
  }
}

const skip = isMissing() && 'needs libseccomp'

void test('a kept filter that is not whole is made anew', { skip }, async (t) => {
  const root = t.testdir()
  const filter = filterFor(seccomp, false, root)
  t.strictSame(filterFor(seccomp, false, root), filter)
  const [name = ''] = readdirSync(join(root, '@seccomp'))
  const file = join(root, '@seccomp', name)
  const whole = readFileSync(file)
  const damages: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
    empty: () => Buffer.alloc(0),
    zeros: (bytes) => Buffer.alloc(bytes.length),
    'zeros in the middle': (bytes) => Buffer.from(bytes).fill(0, 80, 104),
    'cut short': (bytes) => bytes.subarray(0, -16),
    'without its end': (bytes) => Buffer.concat([bytes.subarray(0, 72), bytes.subarray(-8)]),
  }
  for (const [damage, make] of Object.entries(damages)) {
    truncateSync(file)
    writeFileSync(file, make(whole))
    t.strictSame(filterFor(seccomp, false, root), filter, damage)
    t.strictSame(readFileSync(file), whole, `${damage}: and kept again`)
  }
})

void test('what others may write is not used', { skip }, async (t) => {
  const root = t.testdir()
  const filter = filterFor(seccomp, false, root)
  const directory = join(root, '@seccomp')
  const [name = ''] = readdirSync(directory)
  writeFileSync(join(directory, name), Buffer.alloc(8))
  chmodSync(join(directory, name), 0o644)
  t.strictSame(filterFor(seccomp, false, root), filter, 'a file')
  chmodSync(directory, 0o777)
  t.strictSame(filterFor(seccomp, false, root), filter, 'a directory')
  const other = t.testdir({})
  mkdirSync(join(other, 'elsewhere'))
  symlinkSync('elsewhere', join(other, '@seccomp'))
  t.strictSame(filterFor(seccomp, false, other), filter, 'a link')
  t.strictSame(readdirSync(join(other, 'elsewhere')), [])
})
