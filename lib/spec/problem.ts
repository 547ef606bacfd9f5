/** What is wrong in a document, one fault each, and how it is told to the user. Runs in tsrun. */
import { Failure } from '../failure.ts'
import { placeOf } from './json/place.ts'

export interface Problem {
  /** JSON pointer of the value that is wrong: `/mounts/3/destination`. */
  readonly pointer: string
  /** What should be there: `an absolute path`. */
  readonly expected: string
  /** What is there: `"tmp"`. */
  readonly got?: string | undefined
  /** What the user can do about it. */
  readonly hint?: string | undefined
}

/** A problem at its place in the text. */
export interface PlacedProblem extends Problem {
  readonly offset: number
}

/** More than this nobody reads. */
const maxShown = 50

/** A value as an error message shows it. */
export const show = (value: unknown): string => {
  if (Array.isArray(value)) return 'an array'
  if (value !== null && typeof value === 'object') return 'an object'
  if (typeof value !== 'string') return String(value)
  const text = JSON.stringify(value)
  return text.length <= 60 ? text : `${text.slice(0, 59)}…"`
}

/** A name in the document can hold anything, control characters for a terminal too. */
const printable = (pointer: string): string => JSON.stringify(pointer).slice(1, -1)

const sentence = ({ pointer, expected, got }: Problem): string =>
  [printable(pointer), `expected ${expected}${got === undefined ? '' : `, got ${got}`}`]
    .filter((part) => part !== '')
    .join('  ')

/**
 * One error for all problems of a document, in the order of the text:
 *
 *     config.json is invalid:
 *       config.json:12:15  /process/cwd  expected an absolute path, got "tmp"
 *         hint: …
 */
export const invalid = (
  file: string,
  text: string,
  problems: readonly PlacedProblem[],
): Failure => {
  const sorted = problems.toSorted((a, b) => a.offset - b.offset)
  const lines = sorted.slice(0, maxShown).flatMap((problem) => {
    const { line, column } = placeOf(text, problem.offset)
    const told = `  ${file}:${line}:${column}  ${sentence(problem)}`
    return problem.hint === undefined ? [told] : [told, `    hint: ${problem.hint}`]
  })
  if (sorted.length > maxShown) lines.push(`  and ${sorted.length - maxShown} more`)
  return new Failure([`${file} is invalid:`, ...lines].join('\n'), { code: 'CONFIG_INVALID' })
}
