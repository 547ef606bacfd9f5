/** What `JSON.parse` made of a text, looked over once. Pure; runs in tsrun, at every create. */

import { maxDepth } from './parse.ts'

export interface Survey {
  /** How many, at all depths; NaN where it is deeper than the parser that is asked next allows. */
  properties: number
  /** Whether a number may stand for an integer that a double cannot hold. */
  mayBeRounded: boolean
}

export const survey = (value: unknown): Survey => {
  const found = { properties: 0, mayBeRounded: false }
  look(value, found, 0)
  return found
}

/** Loops that ask for what is most frequent first: a config has hundreds of strings. */
const look = (value: unknown, found: Survey, depth: number): void => {
  if (typeof value === 'number') {
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) found.mayBeRounded = true
  } else if (value === null || typeof value !== 'object') {
    return
  } else if (depth > maxDepth) {
    found.properties = Number.NaN
  } else if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      if (typeof value[i] !== 'string') look(value[i], found, depth + 1)
    }
  } else {
    for (const name in value) {
      found.properties++
      const child: unknown = (value as Record<string, unknown>)[name]
      if (typeof child !== 'string') look(child, found, depth + 1)
    }
  }
}
