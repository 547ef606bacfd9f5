/** Instructions of a filter: struct sock_filter, of classic BPF. Pure. seccomp(2) */

export interface Instruction {
  readonly code: number
  /** How many to pass over where the condition holds, and where not. */
  readonly yes: number
  readonly no: number
  /** What it is about: an offset, a value to compare with, an answer. */
  readonly k: number
}

export const LOAD = 0x20
export const JUMP = 0x05
export const RETURN = 0x06
export const IF_EQUAL = 0x15
export const IF_GREATER = 0x25
export const IF_NOT_LESS = 0x35

/** Offsets in struct seccomp_data; the arguments are behind them. */
export const NUMBER = 0
export const ARCHITECTURE = 4

export const load = (offset: number): Instruction => ({ code: LOAD, yes: 0, no: 0, k: offset })
export const jump = (over: number): Instruction => ({ code: JUMP, yes: 0, no: 0, k: over })
export const answer = (value: number): Instruction => ({ code: RETURN, yes: 0, no: 0, k: value })
export const branch = (code: number, k: number, yes: number, no: number): Instruction => ({
  code,
  yes,
  no,
  k,
})

const SIZE = 8

export const parse = (filter: Buffer): readonly Instruction[] =>
  Array.from({ length: filter.length / SIZE }, (_, i) => ({
    code: filter.readUInt16LE(i * SIZE),
    yes: filter.readUInt8(i * SIZE + 2),
    no: filter.readUInt8(i * SIZE + 3),
    k: filter.readUInt32LE(i * SIZE + 4),
  }))

export const assemble = (program: readonly Instruction[]): Buffer => {
  const bytes = Buffer.alloc(program.length * SIZE)
  program.forEach(({ code, yes, no, k }, i) => {
    bytes.writeUInt16LE(code, i * SIZE)
    bytes.writeUInt8(yes, i * SIZE + 2)
    bytes.writeUInt8(no, i * SIZE + 3)
    bytes.writeUInt32LE(k >>> 0, i * SIZE + 4)
  })
  return bytes
}
