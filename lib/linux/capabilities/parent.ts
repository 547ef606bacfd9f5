/** What capabilities this process can give. Parent. */
import { readTextFile } from '../../sys/text-file.ts'

/** All that the kernel knows: what the first process of a new user namespace has. */
const fullSet = (): bigint => {
  const last = BigInt(readTextFile('/proc/sys/kernel/cap_last_cap').trim())
  return (1n << (last + 1n)) - 1n
}

/**
 * The bounding set that the container's first process starts with, one bit a capability: nothing outside
 * it can ever be had again. In a user namespace other than ours it is the full one, user_namespaces(7).
 */
export const boundingSet = (inUserNamespace: boolean): bigint => {
  if (inUserNamespace) return fullSet()

  const [, hex = '0'] = /^CapBnd:\s*([0-9a-f]+)/m.exec(readTextFile('/proc/self/status')) ?? []
  return BigInt(`0x${hex}`)
}
