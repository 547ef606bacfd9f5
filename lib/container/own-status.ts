/** What tsrun has inherited and its container must be kept from, or cannot exceed. Parent. proc(5) */
import { readTextFile } from '../sys/text-file.ts'

export interface OwnStatus {
  /** The capability bounding set, one bit a capability: nothing outside it can ever be had again. */
  readonly bounding: bigint
  readonly ignoredSignals: readonly number[]
}

const field = (status: string, name: string): bigint => {
  const start = status.indexOf(`\n${name}:`) + name.length + 2
  return BigInt(`0x${status.slice(start, status.indexOf('\n', start)).trim()}`)
}

const LAST_SIGNAL = 64

export const readOwnStatus = (): OwnStatus => {
  const status = readTextFile('/proc/self/status')
  const ignored = field(status, 'SigIgn')
  const ignoredSignals: number[] = []
  for (let signal = 1; signal <= LAST_SIGNAL; signal++) {
    if ((ignored >> BigInt(signal - 1)) & 1n) ignoredSignals.push(signal)
  }
  return { bounding: field(status, 'CapBnd'), ignoredSignals }
}
