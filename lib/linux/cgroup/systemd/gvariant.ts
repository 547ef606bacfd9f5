/**
 * Values of D-Bus as text: `'abc'`, `true`, `uint64 5`, `@as []`, `['a', 'b']`. Pure.
 *
 * The notation is GVariant's, which the annotations `org.systemd.property.*` are written in.
 */
import { typesOf } from '../../../sys/dbus-signature.ts'
import type { Variant } from '../../../sys/bus-message.ts'

/** Keywords in front of a value, and the letters of their types. */
const KEYWORDS: Readonly<Record<string, string>> = {
  boolean: 'b',
  byte: 'y',
  int16: 'n',
  uint16: 'q',
  int32: 'i',
  uint32: 'u',
  int64: 'x',
  uint64: 't',
  double: 'd',
  string: 's',
  objectpath: 'o',
  signature: 'g',
}

const TOKEN =
  /\s*(?:(?<mark>[[\](),])|(?<type>@[a-z()]+)|(?<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?<word>[^\s[\](),'"]+))/y

interface Token {
  readonly kind: string
  readonly text: string
}

/** @throws SyntaxError */
const tokens = (text: string): Token[] => {
  const found: Token[] = []
  TOKEN.lastIndex = 0
  while (text.slice(TOKEN.lastIndex).trim() !== '') {
    const at = TOKEN.lastIndex
    const groups = TOKEN.exec(text)?.groups
    const entry = Object.entries(groups ?? {}).find(([, value]) => value !== undefined)
    if (!entry) throw new SyntaxError(`cannot read ${JSON.stringify(text.slice(at))}`)
    found.push({ kind: entry[0], text: entry[1]! })
  }
  return found
}

const unquote = (text: string): string => text.slice(1, -1).replace(/\\(.)/g, '$1')

/** `'a'` is a string, `5` an int32, `5.0` a double, as GVariant reads them. */
const basic = ({ kind, text }: Token, type: string | undefined): Variant => {
  if (kind === 'text') return { signature: type ?? 's', value: unquote(text) }
  if (text === 'true' || text === 'false') return { signature: type ?? 'b', value: text === 'true' }
  const isWhole = /^[+-]?(\d+|0x[\da-f]+)$/i.test(text)
  if (isWhole && type !== 'd') return { signature: type ?? 'i', value: BigInt(text) }
  if (text !== '' && Number.isFinite(Number(text)) && (type ?? 'd') === 'd') {
    return { signature: 'd', value: Number(text) }
  }
  throw new SyntaxError(`cannot read "${text}"${type === undefined ? '' : ` as type "${type}"`}`)
}

/** Reads what a type in front of it, or nothing, says about the value. */
const parseOne = (left: Token[], type?: string): Variant => {
  const token = left.shift()
  if (!token) throw new SyntaxError('a value is missing')
  if (token.kind === 'type') return parseOne(left, token.text.slice(1))
  const keyword = KEYWORDS[token.text]
  if (token.kind === 'word' && keyword !== undefined) return parseOne(left, keyword)
  if (token.text === '[' && token.kind === 'mark') {
    const elements = parseList(left, ']', () => type?.slice(1))
    const signature = type ?? `a${elements[0]?.signature ?? ''}`
    if (signature === 'a') throw new SyntaxError('an empty array needs its type: @as []')
    return { signature, value: elements.map(({ value }) => value) }
  }
  if (token.text === '(' && token.kind === 'mark') {
    const types = type === undefined ? [] : typesOf(type.slice(1, -1))
    const elements = parseList(left, ')', (i) => types[i])
    const signature = `(${elements.map((element) => element.signature).join('')})`
    return { signature, value: elements.map(({ value }) => value) }
  }
  if (token.kind === 'mark') throw new SyntaxError(`"${token.text}" is where a value should be`)
  return basic(token, type)
}

const parseList = (
  left: Token[],
  end: string,
  typeOf: (index: number) => string | undefined,
): readonly Variant[] => {
  const elements: Variant[] = []
  for (;;) {
    if (left[0]?.text === end) break
    elements.push(parseOne(left, typeOf(elements.length)))
    if (left[0]?.text === ',') left.shift()
    else if (left[0]?.text !== end) throw new SyntaxError(`"${end}" is missing`)
  }
  left.shift()
  return elements
}

/** @throws SyntaxError */
export const parseVariant = (text: string): Variant => {
  const left = tokens(text)
  const variant = parseOne(left)
  if (left.length > 0) throw new SyntaxError(`"${left[0]!.text}" follows after the value`)
  return variant
}
