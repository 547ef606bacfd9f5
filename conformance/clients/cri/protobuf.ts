/**
 * Protocol buffers, as much of them as the CRI's messages need: varints, and what has a length.
 *
 * A message is described by a table, name → [number, kind]; a kind in brackets is repeated.
 * https://protobuf.dev/programming-guides/encoding
 */

type Scalar = 'string' | 'number' | 'boolean'

export interface Message {
  readonly [field: string]: readonly [number: number, kind: Kind]
}

export type Kind = Scalar | Message | readonly [Scalar | Message]

export interface Value {
  readonly [field: string]: unknown
}

const VARINT = 0
const LENGTH = 2

const varint = (value: number): Buffer => {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return Buffer.from([...bytes, Number(rest)])
}

const encodeField = (number: number, kind: Scalar | Message, value: unknown): Buffer => {
  if (kind === 'number' || kind === 'boolean') {
    return Buffer.concat([varint((number << 3) | VARINT), varint(Number(value))])
  }
  const body = kind === 'string' ? Buffer.from(String(value)) : encode(kind, value as Value)
  return Buffer.concat([varint((number << 3) | LENGTH), varint(body.length), body])
}

const isRepeated = (kind: Kind): kind is readonly [Scalar | Message] => Array.isArray(kind)

/** Fields that the value does not have are left out. */
export const encode = (message: Message, value: Value): Buffer =>
  Buffer.concat(
    Object.entries(message).flatMap(([name, [number, kind]]) => {
      const field = value[name]
      if (field === undefined) return []
      if (!isRepeated(kind)) return [encodeField(number, kind, field)]
      return (field as readonly unknown[]).map((item) => encodeField(number, kind[0], item))
    }),
  )

const readVarint = (bytes: Buffer, at: number): [value: number, next: number] => {
  let value = 0n
  for (let shift = 0n; ; shift += 7n) {
    const byte = bytes[at++] ?? 0
    value |= BigInt(byte & 127) << shift
    if (byte < 128) return [Number(BigInt.asIntN(64, value)), at]
  }
}

/** The table's fields; all others are skipped. @throws Error at a wire type that the CRI does not use */
export const decode = (message: Message, bytes: Buffer): Value => {
  const fields = new Map(
    Object.entries(message).map(([name, [number, kind]]) => [number, { name, kind }]),
  )
  const result: Record<string, unknown> = {}
  for (let at = 0; at < bytes.length;) {
    const [tag, start] = readVarint(bytes, at)
    const type = tag & 7
    if (type !== VARINT && type !== LENGTH) throw new Error(`wire type ${type}`)
    const [value, next] = readVarint(bytes, start)
    at = type === VARINT ? next : next + value
    const field = fields.get(tag >> 3)
    if (field === undefined) continue
    const kind = isRepeated(field.kind) ? field.kind[0] : field.kind
    const body = bytes.subarray(next, at)
    const item =
      kind === 'number'
        ? value
        : kind === 'boolean'
          ? value !== 0
          : kind === 'string'
            ? body.toString()
            : decode(kind, body)
    if (isRepeated(field.kind)) result[field.name] = [...((result[field.name] as []) ?? []), item]
    else result[field.name] = item
  }
  return result
}
