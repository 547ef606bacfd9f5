/** Numbers as systemd's properties want them. Pure. */
import type { Property } from './property.ts'

/** systemd keeps a whole percentage, that is 10 ms a second: rounding up never takes time away. */
export const quotaPerSecond = (quota: bigint, period: bigint): bigint => {
  const exact = (quota * 1_000_000n) / period
  const rest = exact % 10_000n
  return rest === 0n ? exact : exact + 10_000n - rest
}

export const setOf = (name: string, list: string): Property => ({
  name,
  signature: 'ay',
  value: bitsOf(list),
  since: 244,
})

/** `0-2,8` → 0b111, 0b1: a bit for each, lowest first. */
export const bitsOf = (list: string): Uint8Array => {
  const bytes: number[] = []
  for (const part of list.split(',')) {
    const [first = NaN, last = first] = part.split('-').map(Number)
    for (let bit = first; bit <= last; bit++) {
      const at = bit >> 3
      while (bytes.length <= at) bytes.push(0)
      bytes[at]! |= 1 << (bit & 7)
    }
  }
  return Uint8Array.from(bytes)
}
