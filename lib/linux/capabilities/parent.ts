/** What capabilities this process can give. Parent. */
import { readFileSync } from 'node:fs'

/** Its bounding set, one bit a capability: nothing outside it can ever be had again. */
export const boundingSet = (): bigint => {
  const [, hex = '0'] =
    /^CapBnd:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return BigInt(`0x${hex}`)
}
