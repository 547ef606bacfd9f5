/**
 * Where the loader and its tables lie in the executable: in the pages before the program's code, which become part
 * of its segment. What is mapped of the snapshot lies behind everything else in the file.
 */
import {
  codeSegment,
  E_ENTRY,
  HEADER_SIZE,
  headerTable,
  P_FILESZ,
  P_MEMSZ,
  P_OFFSET,
  P_VADDR,
  PT_INTERP,
  PT_LOAD,
  PT_NULL,
  PT_PHDR,
  segments,
  setWord,
  typeOf,
  word,
} from '../elf.ts'
import { loaderCode } from './loader.ts'
import { PAGE, type Mapping } from './memory.ts'
import type { Range, Touched } from './touched.ts'

/** Bytes for the loader and its tables. */
export const LOADER_SIZE = 6 * PAGE
/** Of these, for its instructions. */
const CODE_SIZE = 1024

/** A library that is part of the snapshot. */
export interface Library {
  readonly path: string
  readonly size: number
  readonly seconds: number
  readonly nanoseconds: number
}

export interface Snapshot {
  /** Address of the saved registers. */
  readonly state: number
  /** Entries of the table of processors. */
  readonly processor: Buffer
  readonly libraries: readonly Library[]
  readonly mappings: readonly Mapping[]
  readonly touched: Touched
  readonly bytes: Buffer
}

const NONE: Snapshot = {
  state: 0,
  processor: Buffer.alloc(0),
  libraries: [],
  mappings: [],
  touched: { byCreate: [], byOthers: [] },
  bytes: Buffer.alloc(0),
}

const words = (values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 8)
  values.forEach((value, i) => bytes.writeBigUInt64LE(BigInt(value), i * 8))
  return bytes
}

const text = (value: string): Buffer => Buffer.from(`${value}\0`)
const SELF = '/proc/self/exe'
const LAST_PROCESSOR = Buffer.alloc(4, 0xff)
const MESSAGE =
  'tsrun: cannot be started: there is no memory for it, or no dynamic linker where the ABI wants it\n'

/** Memory at a known address, filled from its beginning. */
class Pages {
  readonly bytes = Buffer.alloc(LOADER_SIZE)
  readonly #address: number
  #end = 0

  constructor(address: number) {
    this.#address = address
  }

  /** @returns its address */
  put(bytes: Buffer): number {
    const at = Math.ceil(this.#end / 8) * 8
    if (at + bytes.length > LOADER_SIZE) throw new Error('the tables of the snapshot are too large')
    bytes.copy(this.bytes, at)
    this.#end = at + bytes.length
    return this.#address + at
  }
}

/** The linker finds where the program is by the address that the headers give of themselves. */
const copyOfHeaders = (program: Buffer, address: number): Buffer => {
  const { at, count } = headerTable(program)
  const copy = Buffer.from(program.subarray(at, at + count * HEADER_SIZE))
  for (let header = 0; header < copy.length; header += HEADER_SIZE) {
    if (typeOf(copy, header) === PT_PHDR) setWord(copy, header + P_VADDR, address)
  }
  return copy
}

const interpreterOf = (program: Buffer): string => {
  const header = segments(program).find((at) => typeOf(program, at) === PT_INTERP)
  if (header === undefined) throw new Error('an executable that names no dynamic linker')
  const at = word(program, header + P_OFFSET)
  return program.toString('latin1', at, program.indexOf(0, at))
}

/** Between the code and what is before it there has to be room, in memory as in the file. */
const checkRoom = (program: Buffer, address: number, offset: number): void => {
  const before = segments(program).filter(
    (at) => typeOf(program, at) === PT_LOAD && word(program, at + P_VADDR) < address + LOADER_SIZE,
  )
  for (const at of before) {
    const end = word(program, at + P_VADDR) + word(program, at + P_MEMSZ)
    const fileEnd = word(program, at + P_OFFSET) + word(program, at + P_FILESZ)
    if (end > address || fileEnd > offset) throw new Error('no room for the loader before the code')
  }
}

const offsets = ({ address, length, protection, flags, offset }: Mapping, snapshot: number) => [
  address,
  length,
  protection,
  flags,
  snapshot + offset,
]

const rangeWords = (ranges: readonly Range[]): readonly number[] =>
  ranges.flatMap(({ address, length }) => [address, length])

/** @returns `program`, which starts by the loader, and `snapshot` behind it */
export const placeLoader = (program: Buffer, snapshot: Snapshot = NONE): Buffer => {
  const code = codeSegment(program)
  const address = Math.floor(word(program, code + P_VADDR) / PAGE) * PAGE - LOADER_SIZE
  const grown = word(program, code + P_VADDR) - address
  const offset = word(program, code + P_OFFSET) - grown
  checkRoom(program, address, offset)
  const snapshotOffset = Math.ceil(program.length / PAGE) * PAGE
  const { count } = headerTable(program)

  const pages = new Pages(address)
  const blank = Buffer.alloc(HEADER_SIZE * count)
  const start = pages.put(Buffer.alloc(CODE_SIZE))
  const headers = pages.put(blank)
  copyOfHeaders(program, headers).copy(pages.bytes, headers - address)
  const libraries = snapshot.libraries.map(({ path, size, seconds, nanoseconds }) => [
    pages.put(text(path)),
    size,
    seconds,
    nanoseconds,
  ])
  const self = pages.put(text(SELF))
  const itself = [self, snapshotOffset + snapshot.bytes.length, 0, 0]
  const message = pages.put(Buffer.from(MESSAGE))
  const rangeTable = (ranges: readonly Range[]) => pages.put(words([...rangeWords(ranges), 0]))
  const instructions = loaderCode({
    state: pages.put(words([snapshot.state])),
    processors: pages.put(Buffer.concat([snapshot.processor, LAST_PROCESSOR])),
    files: pages.put(words([...libraries.flat(), ...itself, 0])),
    self,
    maps: pages.put(
      words([...snapshot.mappings.flatMap((one) => offsets(one, snapshotOffset)), 0]),
    ),
    touchedByCreate: rangeTable(snapshot.touched.byCreate),
    touched: rangeTable(snapshot.touched.byOthers),
    interpreter: pages.put(text(interpreterOf(program))),
    headers,
    count,
    entry: word(program, E_ENTRY),
    message,
    length: MESSAGE.length,
  })
  if (instructions.length > CODE_SIZE) throw new Error('the loader is too large')
  instructions.copy(pages.bytes, start - address)

  const file = Buffer.alloc(snapshotOffset + snapshot.bytes.length)
  program.copy(file)
  snapshot.bytes.copy(file, snapshotOffset)
  pages.bytes.copy(file, offset)
  setWord(file, E_ENTRY, start)
  setWord(file, code + P_OFFSET, offset)
  setWord(file, code + P_VADDR, address)
  setWord(file, code + P_VADDR + 8, address)
  for (const field of [P_FILESZ, P_MEMSZ])
    setWord(file, code + field, word(file, code + field) + grown)
  for (const at of segments(file)) {
    if (typeOf(file, at) === PT_INTERP) file.writeUInt32LE(PT_NULL, at)
  }
  return file
}
