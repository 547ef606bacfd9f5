/** Segments of an executable, and what it imports. elf(5): 64 bits, little-endian. */

export const PT_NULL = 0
export const PT_LOAD = 1
const PT_DYNAMIC = 2
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

const DT_PLTRELSZ = 2
const DT_STRTAB = 5
const DT_SYMTAB = 6
const DT_JMPREL = 23

/** Where in the file is what will be at an address. */
const offsetOf = (file: Buffer, address: number): number => {
  const found = segments(file).find((at) => {
    const begin = word(file, at + P_VADDR)
    return (
      typeOf(file, at) === PT_LOAD &&
      begin <= address &&
      address < begin + word(file, at + P_FILESZ)
    )
  })
  if (found === undefined) throw new Error(`nothing is at 0x${address.toString(16)}`)
  return word(file, found + P_OFFSET) + address - word(file, found + P_VADDR)
}

const dynamicEntries = (file: Buffer): ReadonlyMap<number, number> => {
  const dynamic = segments(file).find((at) => typeOf(file, at) === PT_DYNAMIC)
  if (dynamic === undefined) throw new Error('an executable without dynamic section')
  const entries = new Map<number, number>()
  for (let at = word(file, dynamic + P_OFFSET); word(file, at) !== 0; at += 16) {
    entries.set(word(file, at), word(file, at + 8))
  }
  return entries
}

/**
 * @param file an executable that is mapped where its headers say
 * @returns the address of the pointer by which it calls a function of a library
 */
export const slotOf = (file: Buffer, name: string): number => {
  const entries = dynamicEntries(file)
  const table = (tag: number): number => offsetOf(file, entries.get(tag) ?? 0)
  const relocations = table(DT_JMPREL)
  const symbols = table(DT_SYMTAB)
  const names = table(DT_STRTAB)
  const wanted = Buffer.from(`${name}\0`)
  for (let at = relocations; at < relocations + entries.get(DT_PLTRELSZ)!; at += 24) {
    const symbol = symbols + file.readUInt32LE(at + 12) * 24
    const its = names + file.readUInt32LE(symbol)
    if (file.subarray(its, its + wanted.length).equals(wanted)) return word(file, at)
  }
  throw new Error(`an executable that does not call ${name}`)
}
