/** Segments of an executable, elf(5): 64 bits, little-endian. */

export const PT_NULL = 0
export const PT_LOAD = 1
export const PT_INTERP = 3
export const PT_PHDR = 6
const PF_X = 1

/** Of a program header, bytes. */
export const HEADER_SIZE = 56
/** Where fields are, in the file and within a program header. */
export const E_ENTRY = 0x18
export const P_OFFSET = 0x08
export const P_VADDR = 0x10
export const P_FILESZ = 0x20
export const P_MEMSZ = 0x28

/** Where the table of program headers is, in bytes. */
export const headerTable = (file: Buffer): { readonly at: number; readonly count: number } => ({
  at: Number(file.readBigUInt64LE(0x20)),
  count: file.readUInt16LE(0x38),
})

/** Where each program header is. */
export const segments = (file: Buffer): readonly number[] => {
  const { at, count } = headerTable(file)
  return Array.from({ length: count }, (_, i) => at + i * HEADER_SIZE)
}

export const typeOf = (file: Buffer, segment: number): number => file.readUInt32LE(segment)
export const word = (file: Buffer, at: number): number => Number(file.readBigUInt64LE(at))
export const setWord = (file: Buffer, at: number, value: number): void =>
  void file.writeBigUInt64LE(BigInt(value), at)

/** The segment of instructions. */
export const codeSegment = (file: Buffer): number => {
  const code = segments(file).find(
    (at) => typeOf(file, at) === PT_LOAD && (file.readUInt32LE(at + 4) & PF_X) !== 0,
  )
  if (code === undefined) throw new Error('an executable without code')
  return code
}
