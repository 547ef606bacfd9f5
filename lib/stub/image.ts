/**
 * The stub as a file: a static ELF executable of one page or two, elf(5).
 *
 *     ELF header · program header · instructions · table · data
 *
 * Everything is in one segment that is read and executed and never written; the stub's only memory of
 * its own is its stack.
 */
import { numbersFor, type Architecture } from '../sys/numbers.ts'
import { machineCode } from './machine-code.ts'
import type { StubArgument, StubCall } from './table.ts'

const BASE = 0x400000
const HEADERS = 64 + 56
const ENTRY_SIZE = 64
const PT_LOAD = 1
const READ_EXECUTE = 5
const SA_RESTORER = 0x04000000

const bitSet = (numbers: readonly number[]): bigint =>
  numbers.reduce((set, n) => set | (1n << BigInt(n)), 0n)

/** Collects data behind the table and hands out addresses. */
const layOut = (start: number, die: number) => {
  const chunks: Buffer[] = []
  let end = start
  const place = (bytes: Uint8Array): number => {
    const padding = -bytes.length & 7
    chunks.push(Buffer.from(bytes), Buffer.alloc(padding))
    const address = BASE + end
    end += bytes.length + padding
    return address
  }
  const pointers = (addresses: readonly number[]): Buffer => {
    const words = Buffer.alloc(addresses.length * 8)
    addresses.forEach((address, i) => words.writeUInt32LE(address, i * 8))
    return words
  }
  const text = (value: string): number => place(Buffer.from(value + '\0'))
  const known = new Map<readonly string[], number>()
  const address = (argument: StubArgument): bigint => {
    if (typeof argument === 'number' || typeof argument === 'bigint') {
      return BigInt.asUintN(64, BigInt(argument))
    }
    if ('text' in argument) return BigInt(text(argument.text))
    if ('bytes' in argument) return BigInt(place(argument.bytes))
    if ('handler' in argument) {
      // handler, flags, restorer, mask. The handler never returns, yet x86-64 wants a restorer.
      const action = pointers([die, 0, 0, 0])
      action.writeUInt32LE(SA_RESTORER, 8)
      return BigInt(place(action))
    }
    if ('filter' in argument) {
      const program = pointers([0, place(argument.filter)])
      program.writeUInt16LE(argument.filter.length / 8, 0)
      return BigInt(place(program))
    }
    // argv and envp are the same for every execve of a PATH search.
    let array = known.get(argument.texts)
    if (array === undefined) {
      array = place(pointers([...argument.texts.map(text), 0]))
      known.set(argument.texts, array)
    }
    return BigInt(array)
  }
  return { chunks, address }
}

const headers = (machine: number, size: number): Buffer => {
  const bytes = Buffer.alloc(HEADERS)
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
  return bytes
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
  const numbers = numbersFor(arch)
  const codeSize = (code(0, 0).length + 7) & ~7
  const tableStart = HEADERS + codeSize
  const dataStart = tableStart + calls.length * ENTRY_SIZE
  const data = layOut(dataStart, BASE + HEADERS + die)

  const table = Buffer.alloc(calls.length * ENTRY_SIZE)
  calls.forEach(({ call, args, tolerate = [], endOnZero = false }, i) => {
    table.writeUInt32LE(numbers[call], i * ENTRY_SIZE)
    table.writeUInt32LE(endOnZero ? 0 : 1, i * ENTRY_SIZE + 4)
    args.forEach((argument, j) => {
      table.writeBigUInt64LE(data.address(argument), i * ENTRY_SIZE + 8 + j * 8)
    })
    table.writeBigUInt64LE(bitSet(tolerate), i * ENTRY_SIZE + 56)
  })

  const instructions = Buffer.alloc(codeSize)
  code(BASE + tableStart, reportFd).copy(instructions)
  const body = Buffer.concat([instructions, table, ...data.chunks])
  return Buffer.concat([headers(machine, HEADERS + body.length), body])
}
