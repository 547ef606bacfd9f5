/**
 * What a container has used, in the words and units that runc's callers read from `events`. Pure.
 *
 * Numbers that a double cannot hold are bigints; zeros are left out where runc leaves them out.
 */

export type Count = number | bigint

export interface MemoryEntry {
  readonly limit: Count
  readonly usage?: Count
  readonly max?: Count
  readonly failcnt: Count
}

/** Part of the time in which some or all tasks waited: percent, and microseconds in all. */
export interface Pressure {
  readonly some: Readonly<Record<string, Count>>
  readonly full: Readonly<Record<string, Count>>
}

export interface BlockEntry {
  readonly major: number
  readonly minor: number
  readonly op?: string
  readonly value?: Count
}

/** Bytes or operations by device and direction; the names are the interface's. */
export type BlockStats = { readonly [name in BlockName]?: readonly BlockEntry[] }

export type BlockName =
  | 'ioServiceBytesRecursive'
  | 'ioServicedRecursive'
  | 'ioQueueRecursive'
  | 'ioServiceTimeRecursive'
  | 'ioWaitTimeRecursive'
  | 'ioMergedRecursive'
  | 'ioTimeRecursive'
  | 'sectorsRecursive'

export interface Stats {
  readonly cpu: {
    /** Nanoseconds. */
    readonly usage: Readonly<Record<string, Count | readonly Count[]>>
    readonly throttling: Readonly<Record<string, Count>>
    readonly psi?: Pressure
  }
  readonly cpuset: Readonly<Record<string, Count | readonly Count[]>>
  readonly memory: {
    readonly cache?: Count
    readonly usage: MemoryEntry
    /** Memory and swap together, for v2 too. */
    readonly swap: MemoryEntry
    readonly kernel: MemoryEntry
    readonly kernelTCP: MemoryEntry
    readonly raw?: Readonly<Record<string, Count>>
    readonly psi?: Pressure
  }
  readonly pids: { readonly current?: Count; readonly limit?: Count }
  readonly blkio: BlockStats & { readonly psi?: Pressure }
  readonly hugetlb: Readonly<Record<string, Omit<MemoryEntry, 'limit'>>>
  readonly intel_rdt: object
  readonly network_interfaces: null
}

/** `max` is no limit: the largest number, as runc prints it. */
export const toCount = (text: string): Count => {
  if (text === 'max') return 2n ** 64n - 1n
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

/** Lines of a name and a number, in the order of the names: Go prints a map so. */
export const toCounts = (text: string): Readonly<Record<string, Count>> => {
  const counts: Record<string, Count> = {}
  for (const line of text.split('\n').sort()) {
    const [name, value] = line.split(' ')
    if (name && value) counts[name] = toCount(value)
  }
  return counts
}

/** Without what is zero, empty or unknown. */
export const sparse = <T extends object>(record: T): Partial<T> =>
  Object.fromEntries(
    Object.entries(record).filter(([, value]) =>
      Array.isArray(value) ? value.length > 0 : value !== undefined && value != 0,
    ),
  ) as Partial<T>
