/**
 * Names that an object has twice, which the spec forbids and `JSON.parse` hides. Runs in tsrun, at every
 * create: counting is far cheaper than a parser of our own.
 */
import { endOfString } from './string.ts'

const colon = 0x3a

/** Whether an object in `text` names a property twice; `value` is what `JSON.parse` made of it. */
export const hasDuplicates = (text: string, value: unknown): boolean =>
  value !== null && typeof value === 'object' && countNames(text) !== countProperties(value)

const isSpace = (c: number): boolean => c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09

/** How many property names a text has that is known to be JSON. */
const countNames = (text: string): number => {
  let names = 0
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at)) {
    at = endOfString(text, at)
    while (isSpace(text.charCodeAt(at))) at++
    if (text.charCodeAt(at) === colon) names++
  }
  return names
}

/** More would overflow the stack; the parser that is asked next refuses it. */
const maxDepth = 500

/** How many properties a parsed value has, at all depths; NaN if it is too deep to tell. */
const countProperties = (value: object, depth = 0): number => {
  if (depth > maxDepth) return Number.NaN
  let properties = 0
  if (Array.isArray(value)) {
    for (const item of value) {
      if (item !== null && typeof item === 'object') properties += countProperties(item, depth + 1)
    }
    return properties
  }
  for (const name in value) {
    const child: unknown = (value as Record<string, unknown>)[name]
    properties++
    if (child !== null && typeof child === 'object') properties += countProperties(child, depth + 1)
  }
  return properties
}
