/** From the text of an option's argument to its value, by the rules of Go's strconv and time packages. */
import type { Option, Value } from './option.ts'

const booleans: Readonly<Record<string, boolean>> = {
  1: true,
  t: true,
  T: true,
  true: true,
  True: true,
  TRUE: true,
  0: false,
  f: false,
  F: false,
  false: false,
  False: false,
  FALSE: false,
}

/** `true`, `T`, `1`, …; undefined for anything else. */
export const parseBoolean = (text: string): boolean | undefined =>
  Object.hasOwn(booleans, text) ? booleans[text] : undefined

/** Decimal, `0x`, `0b` and octal as `0o17` or `017`; undefined for what is not a safe integer. */
export const parseInteger = (text: string): number | undefined => {
  const match = /^([+-]?)(0x[\da-f]+|0b[01]+|0o?[0-7]+|0|[1-9]\d*)$/i.exec(text)
  if (!match) return undefined
  const digits = match[2] ?? ''
  const octal = /^0[0-7]/.test(digits)
  const size = Number(octal ? `0o${digits.slice(1)}` : digits)
  if (!Number.isSafeInteger(size)) return undefined
  return match[1] === '-' ? -size : size
}

const milliseconds: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
}

/** `5s`, `1m30s`, `1.5h` in milliseconds; a bare number has no unit and is refused, save `0`. */
export const parseDuration = (text: string): number | undefined => {
  if (text === '0') return 0
  if (!/^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:h|ms|m|s|us|µs|ns))+$/.test(text)) return undefined
  let total = 0
  for (const [, number, unit] of text.matchAll(/([\d.]+)(h|ms|m|s|us|µs|ns)/g)) {
    total += Number(number) * (milliseconds[unit ?? ''] ?? 0)
  }
  return text.startsWith('-') ? -total : total
}

/** The value an option takes from `text`; undefined: it does not fit the option's type. */
export const parseValue = (type: Option['type'], text: string): Value => {
  switch (type) {
    case 'boolean':
      return parseBoolean(text)
    case 'integer':
      return parseInteger(text)
    case 'duration':
      return parseDuration(text)
    default:
      return text
  }
}

/** What the option is when the command line does not have it. */
export const defaultValue = (option: Option): Value => {
  if (option.type === 'boolean') return false
  return option.type === 'list' ? [] : option.default
}
