/** The generated files: up to date, and the fast validator says what the thorough one says. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { isConfig } from '../lib/spec/validate.js'
import { validators } from '../lib/spec/validate-all.js'
import type { Json } from './read.ts'
import { everything } from './test/everything.ts'
import { mutants } from './test/mutate.ts'

t.test('nothing is stale', (t) => {
  const root = fileURLToPath(new URL('../', import.meta.url))
  const { status, stderr } = spawnSync('npm', ['run', 'generate', '--silent', '--', '--check'], {
    cwd: root,
    encoding: 'utf8',
  })
  t.equal(status, 0, stderr)
  t.end()
})

t.test('both validators agree', (t) => {
  const violations = validators().Config
  const disagreements: string[] = []
  let bad = 0
  for (const { pointer, change, document } of mutants(everything as Json)) {
    const found = violations(document)
    if (found.length > 0) bad++
    if (isConfig(document) !== (found.length === 0)) disagreements.push(`${pointer} ${change}`)
  }
  t.ok(isConfig(everything))
  t.same(violations(everything), [])
  t.same(disagreements, [])
  t.ok(bad > 2000, 'most mutants are bad')
  t.end()
})

t.test('64-bit integers are exact', (t) => {
  const limits: readonly (readonly [setting: string, value: unknown, good: boolean])[] = [
    ['int64', 0x7fffffffffffffffn, true],
    ['int64', 0x8000000000000000n, false],
    ['int64', -0x8000000000000000n, true],
    ['int64', -0x8000000000000001n, false],
    ['int64', 2 ** 63, false],
    ['int64', -(2 ** 63), true],
    ['uint64', 0xffffffffffffffffn, true],
    ['uint64', 0x10000000000000000n, false],
    ['uint64', 2 ** 64, false],
    ['uint64', -1n, false],
    ['uint64', 1.5, false],
    ['uint32', 5n, false],
  ]
  for (const [type, value, good] of limits) {
    const config = {
      ociVersion: '1.0.0',
      process: { cwd: '/', user: type === 'uint32' ? { uid: value } : {} },
      linux: {
        resources: {
          memory: type === 'int64' ? { limit: value } : {},
          cpu: type === 'uint64' ? { shares: value } : {},
        },
      },
    }
    t.equal(isConfig(config), good, `${type} ${value}`)
    t.equal(validators().Config(config).length === 0, good)
  }
  t.end()
})
