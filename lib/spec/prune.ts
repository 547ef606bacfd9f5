/**
 * Takes what violates the schema out of a document, so that the rules can be checked on the rest and all
 * errors be told at once. Runs in tsrun, for a document that will be refused.
 */
import { escapePointer } from './json/parse.ts'

/** A copy without the values at `pointers`; an item of an array leaves a hole, so that the others keep their place. */
export const prune = (value: unknown, pointers: readonly string[], pointer = ''): unknown => {
  if (pointer !== '' && pointers.includes(pointer)) return undefined
  if (Array.isArray(value)) {
    return value.map((item, i) => prune(item, pointers, `${pointer}/${i}`))
  }
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value)
    .map(([name, child]) => [name, prune(child, pointers, `${pointer}/${escapePointer(name)}`)])
    .filter(([, child]) => child !== undefined)
  return Object.fromEntries(entries)
}

/** Whether `pointer` is one of `others`, inside one of them, or has one of them inside. */
export const touches = (pointer: string, others: readonly string[]): boolean =>
  others.some(
    (other) =>
      other !== '' &&
      (pointer === other || pointer.startsWith(`${other}/`) || other.startsWith(`${pointer}/`)),
  )
