/**
 * NUL characters in strings: the kernel takes the text before them for the whole (`/etc/passwd\0.txt`).
 * Only annotations, which no kernel sees, may have them. Runs in tsrun, for documents with `\u0000`.
 */
import { escapePointer } from './json/parse.ts'
import type { Problem } from './problem.ts'

export const findNul = (value: unknown, pointer = ''): Problem[] => {
  if (pointer === '/annotations') return []
  if (typeof value === 'string') return value.includes('\0') ? [problem(pointer)] : []
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([name, child]) => {
    const inside = `${pointer}/${escapePointer(name)}`
    return name.includes('\0') ? [problem(inside)] : findNul(child, inside)
  })
}

const problem = (pointer: string): Problem => ({
  pointer,
  expected: 'text without NUL characters',
  got: 'a \\u0000',
})
