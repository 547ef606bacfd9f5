/** Checks of a part that is also a document of its own (`exec --process`, `update --resources`). Pure. */
import type { Check } from './rule.ts'

/** One check of the whole out of checks of the part that `select` finds at `pointer`. */
export const within =
  <T, P>(
    pointer: string,
    select: (document: T) => P | undefined,
    checks: ReadonlyArray<Check<P>>,
  ): Check<T> =>
  (document, report) => {
    const part = select(document)
    if (part === undefined) return
    for (const check of checks) {
      check(part, (problem) => report({ ...problem, pointer: pointer + problem.pointer }))
    }
  }
