/** What an outcome means, given what is known of the program. Pure. */
import type { Fault } from './faults.ts'
import type { Outcome } from './outcome.ts'

export interface Judgement {
  readonly ok: boolean
  /** TAP's directive. TODO: fails as explained; SKIP: said itself that it cannot tell. */
  readonly directive?: string
  /** The assertions that no fault explains. */
  readonly unexplained: readonly string[]
}

/** @param fault what is known of the program on this host */
export const judge = (outcome: Outcome, fault: Fault | undefined): Judgement => {
  if (outcome.verdict === 'skip') return { ok: true, directive: 'SKIP by itself', unexplained: [] }
  if (outcome.verdict === 'pass') return { ok: true, unexplained: [] }
  const { assertions } = fault ?? {}
  const unexplained = fault
    ? outcome.failed.filter((text) => assertions !== undefined && !assertions.test(text))
    : outcome.failed
  const explained =
    fault !== undefined &&
    unexplained.length === 0 &&
    // A program that broke off has not said what else would have failed.
    (assertions === undefined || outcome.failed.length > 0)
  if (!explained) return { ok: false, unexplained }
  const { kind, why, oracles } = fault
  return {
    ok: false,
    directive: `TODO ${kind}: ${why} (runc ${oracles.runc}; crun ${oracles.crun})`,
    unexplained,
  }
}
