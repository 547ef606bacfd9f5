/** A piece of the stub's memory, put together here: words, strings and arrays at known addresses. Pure. */
import type { StubArgument } from './table.ts'

/** Bytes. */
export const WORD = 8
/** struct sigaction's flag for the restorer that x86-64 wants even where a handler never returns. */
const SA_RESTORER = 0x04000000

export class Memory {
  /** The address of its first byte. */
  readonly base: number
  /** Bytes in use. */
  end = 0
  #bytes: Buffer
  #words: Int32Array
  /** Of what there is: to ask an array of bytes for its length takes 800 instructions. */
  #size: number

  constructor(base: number, size: number) {
    this.base = base
    this.#size = size
    this.#bytes = Buffer.from(new ArrayBuffer(size))
    this.#words = new Int32Array(this.#bytes.buffer)
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.end)
  }

  /** Forgets everything; what is reserved next has to be written whole. */
  clear(): void {
    this.end = 0
  }

  #grow(): void {
    this.#size = 2 * this.end
    const larger = Buffer.from(new ArrayBuffer(this.#size))
    this.#bytes.copy(larger)
    this.#bytes = larger
    this.#words = new Int32Array(larger.buffer)
  }

  /** Reserves `size` bytes, aligned for a pointer. @returns their offset */
  reserve(size: number): number {
    const offset = this.end
    this.end += (size + WORD - 1) & -WORD
    if (this.end > this.#size) this.#grow()
    return offset
  }

  /** Makes what was reserved nothing but zeros. */
  blank(offset: number, size: number): void {
    this.#words.fill(0, offset >> 2, (offset + size) >> 2)
  }

  /** Both halves of a 64-bit word. */
  halves(offset: number, low: number, high: number): void {
    const at = offset >> 2
    this.#words[at] = low
    this.#words[at + 1] = high
  }

  /** Halves of words, one after another. */
  copy(offset: number, halves: readonly number[]): void {
    this.#words.set(halves, offset >> 2)
  }

  /** A 64-bit word, where it is {@link blank}; what is negative is so in 64 bits. */
  set(offset: number, value: number | bigint): void {
    if (value === 0) return
    if (typeof value === 'number') {
      const at = offset >> 2
      this.#words[at] = value
      // Nearly all are small, and a thousand come by in a run.
      if (value < 0 || value >= 2 ** 32) this.#words[at + 1] = Math.floor(value / 2 ** 32)
    } else {
      const number = BigInt.asUintN(64, value)
      this.halves(offset, Number(number & 0xffff_ffffn), Number(number >> 32n))
    }
  }

  /** 64-bit words, one after another, wherever something may have been. */
  put(offset: number, values: readonly (number | bigint)[]): void {
    this.blank(offset, values.length * WORD)
    for (let i = 0; i < values.length; i++) this.set(offset + i * WORD, values[i]!)
  }

  word(offset: number, value: number | bigint): void {
    this.put(offset, [value])
  }

  /** @returns the address of a copy */
  place(content: Uint8Array, size = content.length): number {
    const offset = this.reserve(size)
    this.#bytes.set(content, offset)
    return this.base + offset
  }

  text(value: string): number {
    const offset = this.end
    // No character takes more in UTF-8.
    this.reserve(3 * value.length + 1)
    const size = this.#bytes.write(value, offset)
    this.#bytes[offset + size] = 0
    this.end = offset + ((size + WORD) & -WORD)
    return this.base + offset
  }

  words(values: readonly (number | bigint)[]): number {
    const offset = this.reserve(values.length * WORD)
    this.put(offset, values)
    return this.base + offset
  }
}

/**
 * Turns arguments into words; what they point to goes into `memory`.
 * @param die address of the stub's instructions that end it
 */
export const argumentsIn = (memory: Memory, die: number) => {
  // argv and envp are the same for every execve of a PATH search.
  const arrays = new Map<readonly string[], number>()
  const arrayOf = (texts: readonly string[]): number => {
    let array = arrays.get(texts)
    if (array === undefined) {
      array = memory.words([...texts.map((text) => memory.text(text)), 0])
      arrays.set(texts, array)
    }
    return array
  }
  return (argument: StubArgument): number | bigint => {
    if (typeof argument === 'number' || typeof argument === 'bigint') return argument
    if ('text' in argument) return memory.text(argument.text)
    if ('texts' in argument) return arrayOf(argument.texts)
    if ('bytes' in argument) return memory.place(argument.bytes)
    if ('filter' in argument) {
      const filter = argument.filter()
      return memory.words([filter.length / 8, memory.place(filter)])
    }
    // handler, flags, restorer, mask
    return memory.words([die, SA_RESTORER, 0, 0])
  }
}
