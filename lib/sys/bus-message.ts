/** Values into and out of D-Bus messages, by their signatures. sd_bus_message_append(3). */
import { endOfType } from './dbus-signature.ts'
import { checkBus, libsystemd, type Handle } from './libsystemd.ts'

/** A value that carries its own signature. */
export interface Variant {
  readonly signature: string
  readonly value: BusValue
}

export type BusValue =
  string | number | bigint | boolean | Uint8Array | Variant | readonly BusValue[]

/** How numbers lie in memory; a boolean is an `int`. */
const writers: Readonly<Record<string, (value: number | bigint) => Buffer>> = {
  y: (value) => Buffer.from(Uint8Array.of(Number(value)).buffer),
  b: (value) => Buffer.from(Int32Array.of(Number(value)).buffer),
  n: (value) => Buffer.from(Int16Array.of(Number(value)).buffer),
  q: (value) => Buffer.from(Uint16Array.of(Number(value)).buffer),
  i: (value) => Buffer.from(Int32Array.of(Number(value)).buffer),
  u: (value) => Buffer.from(Uint32Array.of(Number(value)).buffer),
  x: (value) => Buffer.from(BigInt64Array.of(BigInt(value)).buffer),
  t: (value) => Buffer.from(BigUint64Array.of(BigInt(value)).buffer),
  d: (value) => Buffer.from(Float64Array.of(Number(value)).buffer),
}

const appendBasic = (message: Handle, type: string, value: BusValue): void => {
  const write = writers[type]
  const bytes = write
    ? write(typeof value === 'bigint' ? value : Number(value))
    : Buffer.from(`${String(value)}\0`)
  checkBus('sd_bus_message_append_basic', libsystemd().append(message, type.charCodeAt(0), bytes))
}

const inside = (message: Handle, type: string, contents: string, fill: () => void): void => {
  const { open, close } = libsystemd()
  checkBus('sd_bus_message_open_container', open(message, type.charCodeAt(0), contents))
  fill()
  checkBus('sd_bus_message_close_container', close(message))
}

/** @param values one for each complete type of the signature */
export const append = (message: Handle, signature: string, values: readonly BusValue[]): void => {
  let at = 0
  for (const value of values) {
    const end = endOfType(signature, at)
    appendOne(message, signature.slice(at, end), value)
    at = end
  }
}

const appendOne = (message: Handle, type: string, value: BusValue): void => {
  const contents = type.startsWith('a') ? type.slice(1) : type.slice(1, -1)
  if (type === 'v') {
    const variant = value as Variant
    inside(message, 'v', variant.signature, () => {
      appendOne(message, variant.signature, variant.value)
    })
  } else if (type.startsWith('(')) {
    inside(message, 'r', contents, () => append(message, contents, value as readonly BusValue[]))
  } else if (type.startsWith('{')) {
    inside(message, 'e', contents, () => append(message, contents, value as readonly BusValue[]))
  } else if (value instanceof Uint8Array) {
    const { appendArray } = libsystemd()
    const letter = contents.charCodeAt(0)
    checkBus('sd_bus_message_append_array', appendArray(message, letter, value, value.byteLength))
  } else if (type.startsWith('a')) {
    inside(message, 'a', contents, () => {
      for (const element of value as readonly BusValue[]) appendOne(message, contents, element)
    })
  } else {
    appendBasic(message, type, value)
  }
}

/**
 * Reads a message's values, which have to be texts and 32-bit numbers.
 * @param types `uoss`, or `v` and one type for what is in a variant
 */
export const readValues = (message: Handle, types: string): readonly (string | number)[] => {
  const { enter, readNumber, readText } = libsystemd()
  if (types.startsWith('v')) {
    const contents = types.slice(1)
    checkBus('sd_bus_message_enter_container', enter(message, 'v'.charCodeAt(0), contents))
    return readValues(message, contents)
  }
  return [...types].map((type) => {
    const letter = type.charCodeAt(0)
    if (type === 'u' || type === 'b') {
      const out = new Uint32Array(1)
      checkBus('sd_bus_message_read_basic', readNumber(message, letter, new Uint8Array(out.buffer)))
      return out[0]!
    }
    const out: (string | null)[] = [null]
    checkBus('sd_bus_message_read_basic', readText(message, letter, out))
    return out[0] ?? ''
  })
}
