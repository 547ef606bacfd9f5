/** The memory of a stopped process: what of it has to be in its snapshot, and how that is mapped. proc(5) */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'

export const PAGE = 4096
const MAP_PRIVATE = 0x02
const MAP_FIXED = 0x10
const MAP_ANONYMOUS = 0x20
const MAP_NORESERVE = 0x4000
const MAP_FIXED_NOREPLACE = 0x10_0000

/** Where nothing must lie yet: who finds something there starts cold. */
const ELSEWHERE = MAP_PRIVATE | MAP_FIXED_NOREPLACE
const EMPTY = ELSEWHERE | MAP_ANONYMOUS | MAP_NORESERVE

/** One mmap(2) of the loader. */
export interface Mapping {
  readonly address: number
  readonly length: number
  readonly protection: number
  readonly flags: number
  /** In the snapshot; for what is anonymous nothing. */
  readonly offset: number
}

interface Region {
  readonly start: number
  readonly end: number
  readonly protection: number
  readonly name: string
}

const protectionOf = (letters: string): number =>
  (letters.startsWith('r') ? 1 : 0) | (letters[1] === 'w' ? 2 : 0) | (letters[2] === 'x' ? 4 : 0)

export const regionsOf = (pid: number): readonly Region[] =>
  readFileSync(`/proc/${pid}/maps`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const [, start, end, letters, name] = /^(\w+)-(\w+) (\S+) \S+ \S+ \S+ *(.*)$/.exec(line)!
      return {
        start: Number.parseInt(start!, 16),
        end: Number.parseInt(end!, 16),
        protection: protectionOf(letters!),
        name: name!,
      }
    })

/** Each process has these of its own. */
const kernels = /^\[(vvar|vvar_vclock|vdso|vsyscall)\]$/

/** proc(5) on pagemap: a page is in memory or swapped out; one that a file has is not the process's alone. */
const isThere = (entry: bigint): boolean => entry >> 62n !== 0n
export const isOwn = (entry: bigint): boolean => isThere(entry) && ((entry >> 61n) & 1n) === 0n

/** Pages that follow each other, by number from the beginning of a region. */
interface Run {
  readonly first: number
  end: number
}

/**
 * Bytes of stack for what goes on from the snapshot. A new process has its own somewhere in the same 16 GiB, and where
 * the two overlap it starts cold: once in 8000 times with this size.
 */
export const STACK_SIZE = 2 << 20
/** A region up to this size is one mapping, holes and all. */
const SMALL = 256 << 10
/**
 * Pages between two runs that are cheaper mapped than left out: a mapping takes some 10 µs, to make and to unmake. With
 * 1024 the file is 17 MB longer than with 64, which nobody reads, and `--version` takes 5 % less.
 */
const GAP = 1024

/** One that goes on where another ends, in memory and in the file alike, is one with it. */
const join = (mappings: readonly Mapping[]): readonly Mapping[] => {
  const joined: Mapping[] = []
  for (const next of mappings) {
    const last = joined.at(-1)
    const goesOn =
      last !== undefined &&
      last.address + last.length === next.address &&
      last.offset + last.length === next.offset &&
      last.protection === next.protection &&
      last.flags === next.flags
    if (goesOn) joined[joined.length - 1] = { ...last, length: last.length + next.length }
    else joined.push(next)
  }
  return joined
}

export class ProcessMemory {
  readonly #memory: number
  readonly #pages: number
  readonly #program: string
  readonly #chunks: Buffer[] = []
  #size = 0

  constructor(pid: number, program: string) {
    this.#memory = openSync(`/proc/${pid}/mem`, 'r')
    this.#pages = openSync(`/proc/${pid}/pagemap`, 'r')
    this.#program = program
  }

  close(): void {
    closeSync(this.#memory)
    closeSync(this.#pages)
  }

  read(address: number, length: number): Buffer {
    const bytes = Buffer.alloc(length)
    for (let done = 0; done < length;) {
      const size = readSync(this.#memory, bytes, done, length - done, address + done)
      if (size === 0) throw new Error(`no memory at 0x${(address + done).toString(16)}`)
      done += size
    }
    return bytes
  }

  /** What the snapshot is made of so far. */
  get snapshot(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  #add(bytes: Buffer): number {
    const offset = this.#size
    this.#chunks.push(bytes)
    this.#size += bytes.length
    return offset
  }

  /** The pages of a region that `isWanted`, joined where little is between them. */
  #runs(
    { start, end }: Region,
    isWanted: (entry: bigint, page: number) => boolean,
  ): readonly Run[] {
    const count = (end - start) / PAGE
    const runs: Run[] = []
    const PART = 1 << 16
    const entries = Buffer.alloc(PART * 8)
    for (let first = 0; first < count; first += PART) {
      const size = Math.min(PART, count - first) * 8
      readSync(this.#pages, entries, 0, size, (start / PAGE + first) * 8)
      for (let i = 0; i < size / 8; i++) {
        const entry = entries.readBigUInt64LE(i * 8)
        if (entry === 0n || !isWanted(entry, first + i)) continue
        const last = runs.at(-1)
        if (last && first + i - last.end <= GAP) last.end = first + i + 1
        else runs.push({ first: first + i, end: first + i + 1 })
      }
    }
    return runs
  }

  #copy({ start, protection }: Region, { first, end }: Run, flags: number): Mapping {
    const address = start + first * PAGE
    const length = (end - first) * PAGE
    return { address, length, protection, flags, offset: this.#add(this.read(address, length)) }
  }

  /** The program's own regions are mapped before the loader runs: only what was written to is put over them. */
  #ownRegion(region: Region): readonly Mapping[] {
    const runs = this.#runs(region, isOwn)
    return runs.map((run) => this.#copy(region, run, MAP_PRIVATE | MAP_FIXED))
  }

  #anonymous(region: Region): readonly Mapping[] {
    const { start, end, protection, name } = region
    const isUsed = (entry: bigint, page: number): boolean =>
      isThere(entry) && this.read(start + page * PAGE, PAGE).some((byte) => byte !== 0)
    const runs = this.#runs(region, isUsed)
    if (runs.length > 0 && end - start <= SMALL && name !== '[stack]') {
      return [this.#copy(region, { first: 0, end: (end - start) / PAGE }, ELSEWHERE)]
    }
    const address = name === '[stack]' ? end - STACK_SIZE : start
    const empty = { address, length: end - address, protection, flags: EMPTY, offset: 0 }
    return [empty, ...runs.map((run) => this.#copy(region, run, MAP_PRIVATE | MAP_FIXED))]
  }

  #mappings(region: Region): readonly Mapping[] {
    const { start, end, protection, name } = region
    if (kernels.test(name)) return []
    if (name === this.#program) return this.#ownRegion(region)
    if (protection === 0) {
      return [{ address: start, length: end - start, protection, flags: EMPTY, offset: 0 }]
    }
    if (name.startsWith('/')) {
      return [this.#copy(region, { first: 0, end: (end - start) / PAGE }, ELSEWHERE)]
    }
    return this.#anonymous(region)
  }

  /**
   * What the loader maps, in this order: where something may lie already comes first, for then the program's own
   * memory must be as it was.
   */
  mapAll(regions: readonly Region[]): readonly Mapping[] {
    const [own, other] = [true, false].map((isOwnRegion) =>
      regions
        .filter(({ name }) => (name === this.#program) === isOwnRegion)
        .flatMap((region) => this.#mappings(region)),
    )
    return join([...other!, ...own!])
  }
}
