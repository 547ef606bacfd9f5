/** Checks of a part that is also a document of its own (`exec --process`, `update --resources`). Pure. */
import { collect, type Check, type Rule } from './rule.ts'

/** One check of the whole out of rules for the part that `select` finds at `pointer`. */
export const within =
  <T, P>(
    pointer: string,
    select: (document: T) => P | undefined,
    rules: ReadonlyArray<Rule<P>>,
  ): Check<T> =>
  (document, report) => {
    const part = select(document)
    if (part === undefined) return
    for (const problem of collect(part, rules)) {
      report({ ...problem, pointer: pointer + problem.pointer })
    }
  }
