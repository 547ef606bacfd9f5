/** What tsrun has itself and cannot give more of. Parent. proc(5) */
import { readTextFile } from '../sys/text-file.ts'

export interface OwnStatus {
  /** The capability bounding set, one bit a capability: nothing outside it can ever be had again. */
  readonly bounding: bigint
}

const field = (status: string, name: string): bigint => {
  const start = status.indexOf(`\n${name}:`) + name.length + 2
  return BigInt(`0x${status.slice(start, status.indexOf('\n', start)).trim()}`)
}

export const readOwnStatus = (): OwnStatus => ({
  bounding: field(readTextFile('/proc/self/status'), 'CapBnd'),
})
