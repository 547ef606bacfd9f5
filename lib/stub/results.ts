/** Results of calls that another process makes: those that are there, and what stands for those to come. Pure. */
import type { Argument } from '../sys/elsewhere.ts'

/**
 * Numbers that stand for the results of calls still to be made: this one for the first, and those below it for the
 * next. No argument is among them, and an engine compares small integers fastest.
 */
export const PENDING = -(2 ** 30)
/** From here on down it is an argument again. */
export const NO_PENDING = PENDING - 2 ** 20

/** @returns the index of the call whose result is meant; nothing for another value */
const indexOf = (value: unknown): number | undefined =>
  typeof value === 'number' && value <= PENDING && value > NO_PENDING ? PENDING - value : undefined

/**
 * How many results there are, and each: made a number of when somebody asks. It has 64 bits, of which errnos and
 * descriptors need few.
 */
export interface Results {
  /** Index of the last call that was made. */
  readonly last: number
  readonly at: (index: number) => number
}

type Replace = (index: number) => number

/** Real results in the place of those that stood for them. */
export const settle = (value: unknown, resultOf: Replace): unknown => {
  if (Array.isArray(value)) return value.map((each) => settle(each, resultOf))
  if (
    typeof value === 'object' &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype
  ) {
    const entries = Object.entries(value)
    return Object.fromEntries(entries.map(([key, each]) => [key, settle(each, resultOf)]))
  }
  const index = indexOf(value)
  return index === undefined ? value : resultOf(index)
}

/** The same of arguments, which seldom are one. */
export const settleEach = (args: readonly Argument[], resultOf: Replace): readonly Argument[] => {
  let settled: Argument[] | undefined
  for (let i = 0; i < args.length; i++) {
    const index = indexOf(args[i])
    if (index !== undefined) (settled ??= [...args])[i] = resultOf(index)
  }
  return settled ?? args
}
