/** What the runner makes of the programs' output. */
import t from 'tap'
import type { Fault } from './faults.ts'
import { judge } from './judge.ts'
import { readOutcome } from './outcome.ts'

t.test('outcome', (t) => {
  t.match(readOutcome('TAP version 13\nok 1 - a\nok 2 # SKIP b\n1..2\n', 0), {
    verdict: 'pass',
    passed: 1,
    skipped: 1,
    failed: [],
  })
  t.match(readOutcome('ok 1 - a\nnot ok 2 - b\n', 0), { verdict: 'fail', failed: ['b'] })
  t.equal(readOutcome('ok 1 # SKIP b\n', 0).verdict, 'skip')
  t.equal(readOutcome('ok 1 - a\n', 1).verdict, 'fail', 'a status tells, too')
  t.equal(readOutcome('ok 1 - a\n', 'killed after its time').verdict, 'fail')
  t.equal(readOutcome('TAP version 13\n', 0).verdict, 'pass', 'nothing to say')
  t.equal(readOutcome('  {\n    "error": "it is wrong",\n', 0).verdict, 'fail', 'said in YAML only')
  t.equal(readOutcome('  {\n    "error": "",\n', 0).verdict, 'pass')
  t.end()
})

t.test('judgement', (t) => {
  const fault: Fault = {
    kind: 'suite',
    why: 'it errs',
    assertions: /^known$/,
    oracles: { runc: 'fails', crun: 'fails' },
  }
  const outcome = readOutcome('not ok 1 - known\n', 0)
  t.match(judge(outcome, fault), { ok: false, directive: /^TODO suite: it errs/ })
  t.strictSame(judge(outcome, undefined), { ok: false, unexplained: ['known'] })
  t.strictSame(judge(readOutcome('not ok 1 - known\nnot ok 2 - other\n', 0), fault), {
    ok: false,
    unexplained: ['other'],
  })
  t.strictSame(judge(readOutcome('', 1), fault), { ok: false, unexplained: [] }, 'broken off')
  t.equal(judge(readOutcome('ok 1 - known\n', 0), fault).directive, undefined, 'passes after all')
  t.end()
})
