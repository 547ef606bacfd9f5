/**
 * The stub as a file: a static ELF executable of a few hundred bytes, elf(5).
 *
 *     ELF header · program headers · the program it begins with · instructions
 *
 * That program reads a message from the line and runs it; whatever else the stub does, it is told. The file
 * is mapped to be read and executed and never written; messages go to memory of their own.
 */
import { numberOf, type Architecture } from '../sys/numbers.ts'
import { machineCode } from './machine-code.ts'
import { Memory } from './memory.ts'
import { JUMP, RESULTS, DATA, DATA_SIZE, MESSAGE_SIZE, type Layout } from './layout.ts'
import { writeEntry } from './message.ts'

const BASE = 0x400000
const HEADER = 64
const PROGRAM_HEADER = 56
const PT_LOAD = 1
const PT_GNU_STACK = 0x6474e551
const READ_EXECUTE = 5
const READ_WRITE = 6

interface Segment {
  readonly type: number
  readonly flags: number
  readonly address: number
  readonly fileSize: number
  readonly memorySize: number
}

const writeHeaders = (
  memory: Memory,
  machine: number,
  entry: number,
  segments: Segment[],
): void => {
  const { bytes } = memory
  bytes.write('\x7fELF\x02\x01\x01', 'latin1')
  bytes.writeUInt16LE(2, 16) // ET_EXEC
  bytes.writeUInt16LE(machine, 18)
  bytes.writeUInt32LE(1, 20) // EV_CURRENT
  bytes.writeUInt32LE(entry, 24) // e_entry
  bytes.writeUInt32LE(HEADER, 32) // e_phoff
  bytes.writeUInt16LE(HEADER, 52) // e_ehsize
  bytes.writeUInt16LE(PROGRAM_HEADER, 54) // e_phentsize
  bytes.writeUInt16LE(segments.length, 56) // e_phnum
  segments.forEach(({ type, flags, address, fileSize, memorySize }, i) => {
    const at = HEADER + i * PROGRAM_HEADER
    bytes.writeUInt32LE(type, at)
    bytes.writeUInt32LE(flags, at + 4)
    bytes.writeUInt32LE(address, at + 16) // p_vaddr
    bytes.writeUInt32LE(address, at + 24) // p_paddr
    bytes.writeUInt32LE(fileSize, at + 32)
    bytes.writeUInt32LE(memorySize, at + 40)
    bytes.writeUInt32LE(0x1000, at + 48) // p_align
  })
}

const here: Architecture = process.arch === 'arm64' ? 'arm64' : 'x64'

export interface Image {
  readonly bytes: Buffer
  readonly layout: Layout
}

/** Made once: the snapshot that the program starts from has the usual one. */
const images = new Map<string, Image>()

/**
 * @param line the descriptor that it reads messages from and answers to: a socket that keeps boundaries
 * @param arch of the machine that shall run it
 */
export const stubImage = (line: number, arch: Architecture = here): Image => {
  const name = `${arch} ${line}`
  const known = images.get(name) ?? imageOf(line, arch)
  images.set(name, known)
  return known
}

const imageOf = (line: number, arch: Architecture): Image => {
  const { machine, code, die } = machineCode[arch]
  const memory = new Memory(BASE, 1024)
  memory.reserve(HEADER + 3 * PROGRAM_HEADER)
  const boot = BASE + memory.end
  memory.words([0])
  const read = [line, DATA, MESSAGE_SIZE]
  writeEntry(memory, { number: numberOf('read', arch), args: read, zero: 0 })
  writeEntry(memory, { number: JUMP, args: [DATA] })
  const toBoot = memory.words([boot])
  const instructions = memory.place(code({ data: RESULTS, boot, line }))
  const size = memory.end
  writeHeaders(memory, machine, instructions, [
    { type: PT_LOAD, flags: READ_EXECUTE, address: BASE, fileSize: size, memorySize: size },
    { type: PT_LOAD, flags: READ_WRITE, address: DATA, fileSize: 0, memorySize: DATA_SIZE },
    { type: PT_GNU_STACK, flags: READ_WRITE, address: 0, fileSize: 0, memorySize: 0 },
  ])
  return { bytes: memory.bytes, layout: { arch, line, boot, toBoot, die: instructions + die } }
}
