/** What a rule is: a check of what only the prose of the spec says. Pure; runs in tsrun at every create. */
import { touches } from '../prune.ts'
import type { Problem } from '../problem.ts'

export type Report = (problem: Problem) => void

export type Check<T> = (document: T, report: Report) => void

export interface Rule<T> {
  readonly check: Check<T>
  /** What it is about: without that property it is not called. Every call of a function costs a start. */
  readonly about?: readonly [keyof T & string, string?]
  /** Pointer of another part that it reads: it says nothing while that part is broken. */
  readonly needs?: string
}

/**
 * @param broken pointers of values that have been taken out because they violate the schema
 */
export const collect = <T>(
  document: T,
  rules: ReadonlyArray<Rule<T>>,
  broken: readonly string[] = [],
): Problem[] => {
  const problems: Problem[] = []
  if (document === null || typeof document !== 'object' || Array.isArray(document)) return problems
  const report: Report = (problem) => problems.push(problem)
  for (const { check, about, needs } of rules) {
    if (about !== undefined && !has(document, about)) continue
    if (needs === undefined || !touches(needs, broken)) check(document, report)
  }
  if (broken.length === 0) return problems
  return problems.filter(({ pointer }) => !touches(pointer, broken))
}

const has = <T>(document: T, [name, inner]: readonly [keyof T, string?]): boolean => {
  const part: unknown = document[name]
  if (inner === undefined || part === undefined) return part !== undefined
  return (part as Record<string, unknown>)[inner] !== undefined
}

/** Every item with its pointer; not the holes that {@link prune} leaves. */
export const each = <T>(
  items: readonly T[] | undefined,
  pointer: string,
  visit: (item: T, pointer: string) => void,
): void => {
  if (items === undefined) return
  for (let i = 0; i < items.length; i++) {
    const item = items[i]
    if (item !== undefined) visit(item, `${pointer}/${i}`)
  }
}
