/**
 * A JSON document of the spec, from text to checked value. Runs in tsrun.
 *
 * A good document goes through `JSON.parse`, a count of names and the validator. Only a bad one, or one
 * with integers that a double cannot hold, is read again by the parser that knows positions.
 */
import { explain } from './explain.ts'
import { hasDuplicates } from './json/duplicates.ts'
import { JsonFault, parsePositioned, type PositionedJson } from './json/parse.ts'
import { survey } from './json/survey.ts'
import { findNul } from './nul.ts'
import { withoutNulls } from './nulls.ts'
import { invalid, type Problem } from './problem.ts'
import { collect, type Rule } from './rules/rule.ts'
import { prune } from './prune.ts'
import { validators, type DocumentName, type Violation } from './validate-all.js'

export interface DocumentKind<T> {
  readonly name: DocumentName
  readonly isValid: (value: unknown) => value is T
  /** What only the prose of the spec asks for. */
  readonly rules: ReadonlyArray<Rule<T>>
}

export interface Reading {
  /** As it is written, nulls and all. */
  readonly written: unknown
  /** How many it has, if each is named once. */
  readonly properties: number
  /** Undefined as long as nobody had to know positions. */
  readonly positioned?: PositionedJson
}

/**
 * @param file name of the document in messages
 * @throws {Failure} CONFIG_INVALID with all that is wrong
 */
export const parseDocument = <T>(text: string, file: string, kind: DocumentKind<T>): T => {
  const reading = read(text, file)
  const value = accepted(text, reading, kind)
  if (value !== undefined) return value
  const places = reading.positioned ?? readSlowly(text, file)
  throw complain(text, file, kind, present(text, reading.written), places)
}

/** Undefined where something is wrong. */
export const accepted = <T>(
  text: string,
  { written, properties }: Reading,
  kind: DocumentKind<T>,
): T | undefined => {
  if (hasDuplicates(text, properties)) return undefined
  const value = present(text, written)
  if (nuls(text, value).length > 0 || !kind.isValid(value)) return undefined
  return collect(value, kind.rules).length === 0 ? value : undefined
}

/** What was checked before. @throws {Failure} CONFIG_INVALID where it is no JSON */
export const parseTrusted = <T>(text: string, file: string): T =>
  present(text, read(text, file).written) as T

/** `/dev/null` is in many a config. */
export const present = (text: string, written: unknown): unknown =>
  text.includes('null') && /:\s*null/.test(text) ? withoutNulls(written) : written

/** Undefined where the other parser has to say what it is, or where it is none and why. */
export const readQuickly = (text: string): Reading | undefined => {
  try {
    const written: unknown = JSON.parse(text)
    const { properties, mayBeRounded } = survey(written)
    return mayBeRounded ? undefined : { written, properties }
  } catch {
    return undefined
  }
}

const read = (text: string, file: string): Reading => {
  const quick = readQuickly(text)
  if (quick) return quick
  const positioned = readSlowly(text, file)
  return { written: positioned.value, properties: survey(positioned.value).properties, positioned }
}

const readSlowly = (text: string, file: string): PositionedJson => {
  try {
    return parsePositioned(text)
  } catch (fault) {
    if (!(fault instanceof JsonFault)) throw fault
    const { offset, message: expected, hint } = fault
    const got = offset < text.length ? show(text, offset) : 'the end of the file'
    throw invalid(file, text, [{ pointer: '', expected, got, hint, offset }])
  }
}

const show = (text: string, offset: number): string =>
  JSON.stringify(/^(?:\w+|.)/su.exec(text.slice(offset, offset + 20))?.[0] ?? '')

const nuls = (text: string, value: unknown): Problem[] =>
  text.includes('\\u0000') ? findNul(value) : []

const complain = <T>(
  text: string,
  file: string,
  { name, rules }: DocumentKind<T>,
  value: unknown,
  { value: written, offsetOf, duplicates }: PositionedJson,
): Error => {
  const twice = duplicates.map(({ pointer, offset }) => ({
    pointer,
    offset,
    expected: 'each name once in an object',
    got: 'this one again',
  }))
  const problems = nuls(text, value)
  const errors = validators()[name](value)
  problems.push(...errors.map((error) => explain(value, error, written)))
  const broken = errors.filter(isUnusable).map(({ instancePath }) => instancePath)
  problems.push(...collect(prune(value, broken) as T, rules, broken))
  return invalid(file, text, [
    ...twice,
    ...problems.map((problem) => ({ ...problem, offset: offsetOf(problem.pointer) })),
  ])
}

/** An object that lacks a property still has the others to be checked; an item of a list is left out whole. */
const isUnusable = ({ keyword, instancePath }: Violation): boolean =>
  keyword !== 'required' || /\/\d+$/.test(instancePath)
