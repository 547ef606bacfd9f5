/**
 * The stub as a file: a static ELF executable of one page or two, elf(5).
 *
 *     ELF header · program header · instructions · table · data
 *
 * Everything is in one segment that is read and executed and never written; the stub's only memory of
 * its own is its stack.
 */
import { numberOf, type Architecture } from '../sys/numbers.ts'
import { machineCode } from './machine-code.ts'
import type { StubArgument, StubCall } from './table.ts'

const BASE = 0x400000
const HEADERS = 64 + 56
const ENTRY_SIZE = 64
const PT_LOAD = 1
const READ_EXECUTE = 5
const SA_RESTORER = 0x04000000

/** A growing piece of memory at a known address. */
class Memory {
  bytes = Buffer.alloc(8192)
  end: number

  constructor(start: number) {
    this.end = start
  }

  /** Reserves `size` bytes, aligned for a pointer. @returns their offset */
  reserve(size: number): number {
    const offset = this.end
    this.end += (size + 7) & ~7
    if (this.end > this.bytes.length) {
      const larger = Buffer.alloc(2 * this.end)
      this.bytes.copy(larger)
      this.bytes = larger
    }
    return offset
  }

  /** A 64-bit word; what is negative is so in 64 bits. */
  word(offset: number, value: number | bigint): void {
    if (typeof value === 'bigint') this.bytes.writeBigUInt64LE(BigInt.asUintN(64, value), offset)
    else {
      this.bytes.writeUInt32LE(value >>> 0, offset)
      this.bytes.writeInt32LE(Math.floor(value / 2 ** 32) | 0, offset + 4)
    }
  }

  /** @returns the address of a copy */
  place(content: Uint8Array): number {
    const offset = this.reserve(content.length)
    this.bytes.set(content, offset)
    return BASE + offset
  }

  text(value: string): number {
    const offset = this.reserve(Buffer.byteLength(value) + 1)
    this.bytes.write(value, offset)
    return BASE + offset
  }

  words(values: readonly number[]): number {
    const offset = this.reserve(values.length * 8)
    values.forEach((value, i) => this.word(offset + i * 8, value))
    return BASE + offset
  }
}

/** Turns arguments into words; what they point to goes into `memory`. */
const argumentsIn = (memory: Memory, die: number) => {
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
  const filterProgram = (filter: Uint8Array): number => {
    return memory.words([filter.length / 8, memory.place(filter)])
  }
  return (argument: StubArgument): number | bigint => {
    if (typeof argument === 'number' || typeof argument === 'bigint') return argument
    if ('text' in argument) return memory.text(argument.text)
    if ('texts' in argument) return arrayOf(argument.texts)
    if ('bytes' in argument) return memory.place(argument.bytes)
    if ('filter' in argument) return filterProgram(argument.filter)
    // handler, flags, restorer, mask. The handler never returns, yet x86-64 wants a restorer.
    return memory.words([die, SA_RESTORER, 0, 0])
  }
}

const writeHeaders = (bytes: Buffer, machine: number, size: number): void => {
  bytes.write('\x7fELF\x02\x01\x01', 'latin1')
  bytes.writeUInt16LE(2, 16) // ET_EXEC
  bytes.writeUInt16LE(machine, 18)
  bytes.writeUInt32LE(1, 20) // EV_CURRENT
  bytes.writeUInt32LE(BASE + HEADERS, 24) // e_entry
  bytes.writeUInt32LE(64, 32) // e_phoff
  bytes.writeUInt16LE(64, 52) // e_ehsize
  bytes.writeUInt16LE(56, 54) // e_phentsize
  bytes.writeUInt16LE(1, 56) // e_phnum
  bytes.writeUInt32LE(PT_LOAD, 64)
  bytes.writeUInt32LE(READ_EXECUTE, 68)
  bytes.writeUInt32LE(BASE, 80) // p_vaddr
  bytes.writeUInt32LE(BASE, 88) // p_paddr
  bytes.writeUInt32LE(size, 96) // p_filesz
  bytes.writeUInt32LE(size, 104) // p_memsz
  bytes.writeUInt32LE(0x1000, 112) // p_align
}

/**
 * @param calls in the order they are made; the last must end the process
 * @param reportFd the descriptor number failures are sent to: a socket
 * @param arch of the machine that shall run it
 */
export const stubImage = (
  calls: readonly StubCall[],
  reportFd: number,
  arch: Architecture = process.arch === 'arm64' ? 'arm64' : 'x64',
): Buffer => {
  const { machine, code, die } = machineCode[arch]
  const memory = new Memory(HEADERS)
  const instructions = memory.reserve(code(0, 0).length)
  const table = memory.reserve(calls.length * ENTRY_SIZE)
  const valueOf = argumentsIn(memory, BASE + HEADERS + die)

  calls.forEach(({ call, args, tolerate, endOnZero }, i) => {
    const entry = table + i * ENTRY_SIZE
    memory.bytes.writeUInt32LE(numberOf(call, arch), entry)
    memory.bytes.writeUInt32LE(endOnZero ? 0 : 1, entry + 4)
    args.forEach((argument, j) => memory.word(entry + 8 + j * 8, valueOf(argument)))
    if (tolerate) {
      memory.word(
        entry + 56,
        tolerate.reduce((set, number) => set | (1n << BigInt(number)), 0n),
      )
    }
  })

  const bytes = memory.bytes.subarray(0, memory.end)
  code(BASE + table, reportFd).copy(bytes, instructions)
  writeHeaders(bytes, machine, bytes.length)
  return bytes
}
