/** Violations of the schema in the user's words. Runs in tsrun, and only when there are some. */
import { pointerSegments } from './json/parse.ts'
import { show, type Problem } from './problem.ts'
import type { Violation } from './validate-all.js'

/** The value at `pointer`, undefined if there is none. */
const valueAt = (root: unknown, pointer: string): unknown =>
  pointerSegments(pointer).reduce<unknown>(
    (value, segment) =>
      value !== null && typeof value === 'object' && Object.hasOwn(value, segment)
        ? (value as Record<string, unknown>)[segment]
        : undefined,
    root,
  )

const typeNames: Readonly<Record<string, string>> = {
  array: 'an array',
  boolean: 'true or false',
  integer: 'an integer',
  object: 'an object',
  string: 'a string',
}

/** Patterns of the schema, by what they mean. */
const patterns: Readonly<Record<string, string>> = {
  '^[0-9, -]*$': 'a list of CPUs like 0-3,7',
  '^MB:[^\\n]*$': 'one line that starts with MB:',
  '^[1-9][0-9]*[KMG]B$': 'a page size as the kernel names it, like 2MB',
  '^CAP_[A-Z_]+$': 'a capability like CAP_KILL',
}

const expectations: Readonly<
  Record<string, (params: Readonly<Record<string, unknown>>) => string>
> = {
  type: ({ type }) => typeNames[String(type)] ?? String(type),
  minimum: ({ limit }) => `at least ${limit}`,
  maximum: ({ limit }) => `at most ${limit}`,
  int64: () => 'an integer of 64 bits, -9223372036854775808 to 9223372036854775807',
  uint64: () => 'an integer from 0 to 18446744073709551615',
  enum: ({ allowedValues }) => oneOf((allowedValues as readonly unknown[]).map(show)),
  pattern: ({ pattern }) => patterns[String(pattern)] ?? `what matches ${pattern}`,
  minItems: ({ limit }) => `at least ${limit} item${limit === 1 ? '' : 's'}`,
}

const oneOf = (values: readonly string[]): string => `one of ${values.join(', ')}`

/** @param written the same with its nulls */
export const explain = (
  root: unknown,
  { instancePath, keyword, params }: Violation,
  written = root,
): Problem => {
  const value = valueAt(root, instancePath)
  if (keyword === 'required') {
    const name = String(params['missingProperty'])
    return {
      pointer: instancePath,
      expected: `the property "${name}"`,
      hint: misspelt(value, name) ?? isNull(valueAt(written, instancePath), name),
    }
  }
  return {
    pointer: instancePath,
    expected: expectations[keyword]?.(params) ?? keyword,
    got: show(value),
    hint: instancePath === '' ? undefined : hintFor(value, keyword, params),
  }
}

const misspelt = (object: unknown, name: string): string | undefined => {
  const found = Object.keys(object ?? {}).find((key) => key.toLowerCase() === name.toLowerCase())
  return found && `names are case sensitive: "${found}" is another property`
}

const isNull = (object: unknown, name: string): string | undefined =>
  (object as Readonly<Record<string, unknown>> | null)?.[name] === null
    ? 'null counts as if it were not there'
    : undefined

const hintFor = (
  value: unknown,
  keyword: string,
  params: Readonly<Record<string, unknown>>,
): string | undefined => {
  if (value === null) return 'leave it out instead of null'
  if (keyword === 'enum') return nearest(value, params['allowedValues'] as readonly string[])
  const isText = typeof value === 'string'
  const type = params['type'] ?? keyword
  if (isText && ['integer', 'int64', 'uint64'].includes(String(type)) && /^-?\d+$/.test(value)) {
    return 'remove the quotes'
  }
  if (isText && type === 'boolean' && /^(true|false)$/.test(value)) return 'remove the quotes'
  if (type === 'array' && isText) return `write it in brackets: [${show(value)}]`
  if (type === 'string' && ['number', 'bigint', 'boolean'].includes(typeof value)) {
    return `put it in double quotes: "${value}"`
  }
  return undefined
}

/** An allowed value that differs in case or prefix only: `RLIMIT_NOFILE` for `nofile`. */
const nearest = (value: unknown, allowed: readonly string[]): string | undefined => {
  if (typeof value !== 'string' || value === '') return undefined
  const wanted = value.toUpperCase()
  const found = allowed.find((name) => {
    const upper = name.toUpperCase()
    return upper === wanted || upper.endsWith(`_${wanted}`)
  })
  return found && `did you mean "${found}"?`
}
