/** What capabilities this process can give. Parent. */
import { readTextFile } from '../../sys/text-file.ts'

/** Its bounding set, one bit a capability: nothing outside it can ever be had again. */
export const boundingSet = (): bigint => {
  const [, hex = '0'] = /^CapBnd:\s*([0-9a-f]+)/m.exec(readTextFile('/proc/self/status')) ?? []
  return BigInt(`0x${hex}`)
}
