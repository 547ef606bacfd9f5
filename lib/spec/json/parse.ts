/**
 * A JSON parser that remembers where everything stood and rounds no integer (RFC 8259). Runs in tsrun.
 *
 * `JSON.parse` is thirty times as fast and reads every good config; this one reads the text again when
 * there is something to say about it, and when it holds integers that a double would round.
 */
import { endOfString } from './string.ts'

export interface Duplicate {
  /** JSON pointer of the property that is named again. */
  readonly pointer: string
  /** Where its second name starts. */
  readonly offset: number
}

export interface PositionedJson {
  /** As `JSON.parse` gives it, but integers that are not safe are bigints. */
  readonly value: unknown
  /** Where the value at `pointer` starts in the text; where its nearest parent does, if there is none. */
  readonly offsetOf: (pointer: string) => number
  readonly duplicates: readonly Duplicate[]
}

/** The text is not JSON. */
export class JsonFault extends Error {
  readonly offset: number
  readonly hint: string | undefined

  constructor(offset: number, expected: string, hint?: string) {
    super(expected)
    this.offset = offset
    this.hint = hint
  }
}

/** No config is this deep; a text that is was written to overflow a stack. */
export const maxDepth = 500

type Offsets = Map<string | number, number>

export const escapePointer = (name: string): string =>
  name.replaceAll('~', '~0').replaceAll('/', '~1')

export const pointerSegments = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))

/** @throws {JsonFault} */
export const parsePositioned = (text: string): PositionedJson => {
  const children = new Map<object, Offsets>()
  const duplicates: Duplicate[] = []
  let at = 0

  const skipSpace = (): void => {
    for (;;) {
      const c = text.charCodeAt(at)
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return
      at++
    }
  }

  const value = (pointer: string, depth: number): unknown => {
    if (depth > maxDepth) throw new JsonFault(at, `at most ${maxDepth} levels of nesting`)
    const c = text[at]
    if (c === '{') return object(pointer, depth)
    if (c === '[') return array(pointer, depth)
    if (c === '"') return string()
    return word()
  }

  const object = (pointer: string, depth: number): object => {
    const result: Record<string, unknown> = {}
    const offsets: Offsets = new Map()
    children.set(result, offsets)
    at++
    skipSpace()
    if (text[at] === '}') return (at++, result)
    for (;;) {
      const nameAt = at
      if (text[at] !== '"') throw fault(at, 'a property name in double quotes')
      const name = string()
      const inside = `${pointer}/${escapePointer(name)}`
      if (offsets.has(name)) duplicates.push({ pointer: inside, offset: nameAt })
      skipSpace()
      if (text[at] !== ':') throw fault(at, "':' after the property name")
      at++
      skipSpace()
      offsets.set(name, at)
      set(result, name, value(inside, depth + 1))
      skipSpace()
      if (text[at] === '}') return (at++, result)
      if (text[at] !== ',') throw fault(at, "',' or '}' after the property")
      at++
      skipSpace()
    }
  }

  const array = (pointer: string, depth: number): unknown[] => {
    const result: unknown[] = []
    const offsets: Offsets = new Map()
    children.set(result, offsets)
    at++
    skipSpace()
    if (text[at] === ']') return (at++, result)
    for (;;) {
      offsets.set(result.length, at)
      result.push(value(`${pointer}/${result.length}`, depth + 1))
      skipSpace()
      if (text[at] === ']') return (at++, result)
      if (text[at] !== ',') throw fault(at, "',' or ']' after the item")
      at++
      skipSpace()
    }
  }

  const string = (): string => {
    const start = at
    at = endOfString(text, start)
    try {
      return JSON.parse(text.slice(start, at)) as string
    } catch {
      throw new JsonFault(start, 'a string', 'line breaks in it are written \\n, backslashes \\\\')
    }
  }

  const word = (): unknown => {
    const pattern = /(?:(true|false|null)|(-?(?:0|[1-9]\d*))(\.\d+)?([eE][+-]?\d+)?)(?![\w.+-])/y
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (!found) throw fault(at, 'a value')
    at = pattern.lastIndex
    const [literal, constant, integer, fraction, exponent] = found
    if (constant !== undefined) return JSON.parse(constant)
    const number = Number(literal)
    const exact = fraction === undefined && exponent === undefined
    return exact && !Number.isSafeInteger(number) ? BigInt(integer ?? '') : number
  }

  const fault = (offset: number, expected: string): JsonFault =>
    new JsonFault(offset, expected, hint(text, offset))

  skipSpace()
  const root = value('', 0)
  skipSpace()
  if (at < text.length) throw new JsonFault(at, 'the end of the file after the value')

  return { value: root, duplicates, offsetOf: (pointer) => find(root, children, pointer, text) }
}

/** Like `JSON.parse`: a property named `__proto__` is a property. */
const set = (object: Record<string, unknown>, name: string, value: unknown): void => {
  if (name !== '__proto__') object[name] = value
  else Object.defineProperty(object, name, { value, enumerable: true, writable: true })
}

const hint = (text: string, offset: number): string | undefined => {
  const c = text[offset]
  if (c === undefined) return 'the file ends too early'
  if (c === '/' || c === '#') return 'JSON has no comments'
  if (c === "'") return 'JSON has double quotes only'
  if (c === '\ufeff') return 'save the file as UTF-8 without a byte order mark'
  const isClosing = c === '}' || c === ']'
  if (isClosing && text.slice(0, offset).trimEnd().endsWith(','))
    return 'remove the comma before it'
  return undefined
}

const find = (
  root: unknown,
  children: Map<object, Offsets>,
  pointer: string,
  text: string,
): number => {
  let offset = text.search(/\S/)
  let value = root
  for (const segment of pointerSegments(pointer)) {
    if (value === null || typeof value !== 'object') break
    const key = Array.isArray(value) ? Number(segment) : segment
    const child = children.get(value)?.get(key)
    if (child === undefined) break
    offset = child
    value = (value as Record<string | number, unknown>)[key]
  }
  return offset
}
