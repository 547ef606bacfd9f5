/**
 * Names that an object has twice, which the spec forbids and `JSON.parse` hides. Runs in tsrun, at every
 * create: counting is far cheaper than a parser of our own.
 */
import { endOfString } from './string.ts'

const COLON = 0x3a
const QUOTE = 0x22
const BACKSLASH = 0x5c
/** What comes before a string: `{`, `[`, `,` or `:`. */
const OPENING = '{[,:'

/** @param properties how many there are in what `JSON.parse` made of the text; NaN where nobody can tell */
export const hasDuplicates = (text: string, properties: number): boolean =>
  countNames(text) !== properties

const isSpace = (c: number): boolean => c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09

/** Offset of the last character before `at` that is no space; -1 if there is none. */
const before = (text: string, at: number): number => {
  let found = at - 1
  while (isSpace(text.charCodeAt(found))) found--
  return found
}

/**
 * How many property names a text has that is known to be JSON: a colon behind a quotation mark ends one, unless both
 * are in a string. That may be where the mark is escaped or begins the string; then the strings themselves are
 * looked for, of which there are several times as many (a profile of seccomp has 400: 0.3 ms).
 */
const countNames = (text: string): number => {
  let names = 0
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) {
    const quote = before(text, at)
    if (text.charCodeAt(quote) !== QUOTE) continue
    const previous = before(text, quote)
    const isClear =
      previous >= 0 &&
      text.charCodeAt(quote - 1) !== BACKSLASH &&
      !OPENING.includes(text[previous]!)
    if (!isClear) return countStringsBeforeColons(text)
    names++
  }
  return names
}

const countStringsBeforeColons = (text: string): number => {
  let names = 0
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at)) {
    at = endOfString(text, at)
    while (isSpace(text.charCodeAt(at))) at++
    if (text.charCodeAt(at) === COLON) names++
  }
  return names
}
