/** Offsets in a text as people count: lines and columns from 1. */

export interface Place {
  readonly line: number
  /** In characters, not bytes. */
  readonly column: number
}

export const placeOf = (text: string, offset: number): Place => {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return {
    line: before.split('\n').length,
    column: Array.from(before.slice(lineStart)).length + 1,
  }
}
