import { planCapabilities } from './plan.ts'
import t from 'tap'

const ALL = (1n << 41n) - 1n
const CHOWN = 1n
const KILL = 1n << 5n

t.test('absent sets are empty', async (t) => {
  const plan = planCapabilities(undefined, ALL)
  t.match(plan, { bounding: 0n, effective: 0n, permitted: 0n, inheritable: 0n, ambient: 0n })
  t.same(plan.warnings, [])
})

t.test('names become bits', async (t) => {
  const names = ['CAP_CHOWN', 'CAP_KILL']
  const plan = planCapabilities(
    { bounding: names, permitted: ['CAP_KILL'], effective: ['CAP_KILL'] },
    ALL,
  )
  t.match(plan, { bounding: CHOWN | KILL, permitted: KILL, effective: KILL, warnings: [] })
})

t.test('what cannot be granted is left out, with one warning a reason', async (t) => {
  for (const [sets, available, warnings] of [
    [{ bounding: ['CAP_NOPE', 'CAP_NOR'] }, ALL, [/CAP_NOPE, CAP_NOR \(unknown/]],
    [{ bounding: ['CAP_KILL'] }, CHOWN, [/CAP_KILL \(not ours/]],
    [{ effective: ['CAP_KILL'] }, ALL, [/CAP_KILL \(effective/]],
  ] as const) {
    const plan = planCapabilities(sets as never, available)
    t.match(plan, { bounding: 0n, effective: 0n, ambient: 0n })
    t.match(plan.warnings, warnings)
    t.equal(plan.warnings.length, warnings.length)
  }
})

t.test('ambient capabilities without the others are left out, with a warning', async (t) => {
  const plan = planCapabilities({ ambient: ['CAP_KILL'], permitted: ['CAP_KILL'] }, ALL)
  t.match(plan, { ambient: 0n, warnings: [/^can't raise ambient capability CAP_KILL: /] })
})

t.test('ambient capabilities that are permitted and inheritable are granted', async (t) => {
  const set = ['CAP_KILL']
  const plan = planCapabilities({ ambient: set, permitted: set, inheritable: set }, ALL)
  t.match(plan, { ambient: KILL, inheritable: KILL, warnings: [] })
})
