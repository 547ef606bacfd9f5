/** What capabilities the container's first process starts with. Parent. user_namespaces(7) */
import { readTextFile } from '../../sys/text-file.ts'

/** All that the kernel knows: what the first process of a user namespace other than ours has. */
export const allCapabilities = (): bigint => {
  const last = BigInt(readTextFile('/proc/sys/kernel/cap_last_cap').trim())
  return (1n << (last + 1n)) - 1n
}
