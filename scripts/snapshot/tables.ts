/** What the loader goes by. */

/** Addresses below 2 GiB, and a number, of what the instructions read. */
export interface Tables {
  /** Where the address of the saved registers is; 0 there: no snapshot. */
  readonly state: number
  /** `cpuid` leaf and subleaf, four masks, what eax to edx are below them; ends with a leaf -1. 32 bits each. */
  readonly processors: number
  /** Path, size, seconds and nanoseconds of the last change (0: any); ends with a path 0. */
  readonly files: number
  /** Path of the program, which has the snapshot. */
  readonly self: number
  /** mmap(2): address, length, protection, flags, offset; ends with an address 0. */
  readonly maps: number
  /** madvise(2): address and length of what `create` and `run` write to; ends with an address 0. */
  readonly touchedByCreate: number
  /** What the other commands do. */
  readonly touched: number
  /** Path of the dynamic linker. */
  readonly interpreter: number
  /** The program headers as they were, and how many. */
  readonly headers: number
  readonly count: number
  /** The program's own first instruction. */
  readonly entry: number
  /** What is said where neither way leads on, and its length. */
  readonly message: number
  readonly length: number
}
