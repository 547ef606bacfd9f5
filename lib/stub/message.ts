/** Messages to the stub: programs and what they need, as bytes. Pure. */
import { numberOf } from '../sys/numbers.ts'
import { DATA, JUMP, LARGE, MESSAGE_SIZE, type Layout } from './layout.ts'
import { Memory, argumentsIn } from './memory.ts'
import type { StubCall } from './table.ts'

const WORD = 8
const ENTRY_SIZE = 64
const MSG_NOSIGNAL = 0x4000

/** One call of a program, as the stub's loop takes it. */
export interface Entry {
  /** The system call's. */
  readonly number: number
  readonly args: readonly (number | bigint)[]
  /** A bit for each argument that is the index of an earlier call whose result is meant. */
  readonly results?: number
  /** After a result of 0: 0 ends the stub, 1 goes on, 2 runs the program at `args[5]`. */
  readonly zero?: 0 | 1 | 2
  /** errnos below 64, as bits, after which it goes on. */
  readonly tolerate?: number | bigint
}

const fillEntry = (memory: Memory, offset: number, entry: Entry): void => {
  const { number, args, results = 0, zero = 1, tolerate = 0 } = entry
  memory.word(offset, number + (zero + results * 256) * 2 ** 32)
  for (let i = 0; i < 6; i++) memory.word(offset + WORD * (i + 1), args[i] ?? 0)
  memory.word(offset + 7 * WORD, tolerate)
}

export const writeEntry = (memory: Memory, entry: Entry): void =>
  fillEntry(memory, memory.reserve(ENTRY_SIZE), entry)

/** Begins a message. @returns the offset where the program's address is still to be written */
const writeHead = (memory: Memory, calls: number): void => {
  memory.clear()
  const size = WORD * (calls + 1)
  memory.reserve(size)
  for (let offset = 0; offset < size; offset += WORD) memory.word(offset, 0)
}

export interface Question {
  /** How many calls there are. */
  readonly count: number
  /** Puts what the calls write to into memory; the answer brings it back. */
  readonly place: () => void
  /** The calls; what they only read is put into memory. */
  readonly entries: () => readonly Entry[]
  /** Whether the stub ends when it has answered. */
  readonly isLast: boolean
}

/** A message that is answered with the results. */
export const writeQuestion = (memory: Memory, layout: Layout, question: Question): void => {
  writeHead(memory, question.count + 1)
  question.place()
  const answerSize = memory.end
  const made = question.entries()
  memory.word(0, memory.base + memory.end)
  const answer = memory.base + memory.end + WORD + made.length * ENTRY_SIZE
  memory.words([answer])
  for (const entry of made) writeEntry(memory, entry)
  writeEntry(memory, {
    number: numberOf('sendto', layout.arch),
    args: [layout.line, DATA, answerSize, MSG_NOSIGNAL],
  })
  if (question.isLast) {
    writeEntry(memory, { number: numberOf('exit_group', layout.arch), args: [0] })
  } else writeEntry(memory, { number: JUMP, args: [layout.toBoot] })
}

/** Where the number of the call being made is, and after it the results. */
export const RESULT_OFFSET = WORD

const toleranceOf = ({ tolerate }: StubCall): number | bigint =>
  tolerate === undefined ? 0 : tolerate.reduce((set, number) => set | (1n << BigInt(number)), 0n)

/** The program of `calls`, which reports failures one by one and ends; its address goes to offset 0. */
const writeLast = (memory: Memory, calls: readonly StubCall[], layout: Layout): void => {
  const valueOf = argumentsIn(memory, layout.die)
  const entries = calls.map((call) => ({
    number: numberOf(call.call, layout.arch),
    args: call.args.map(valueOf),
    zero: call.endOnZero ? (0 as const) : (1 as const),
    tolerate: toleranceOf(call),
  }))
  memory.word(0, memory.base + memory.end)
  memory.words([0])
  for (const entry of entries) writeEntry(memory, entry)
}

const partsOf = (bytes: Buffer): readonly Buffer[] => {
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length; at += MESSAGE_SIZE) {
    parts.push(bytes.subarray(at, at + MESSAGE_SIZE))
  }
  return parts
}

/**
 * The messages that make the stub do `calls` and nothing after them. What fits is one; of what does not,
 * each part is announced by a message that reads it into its place.
 * @param calls the last of them must end the process
 */
export const lastMessages = (calls: readonly StubCall[], layout: Layout): readonly Buffer[] => {
  const memory = new Memory(DATA, 4096)
  writeHead(memory, calls.length)
  writeLast(memory, calls, layout)
  if (memory.end <= MESSAGE_SIZE) return [memory.bytes]

  const large = new Memory(LARGE, 2 * memory.end)
  large.reserve(WORD)
  writeLast(large, calls, layout)
  const messages: Buffer[] = []
  partsOf(large.bytes).forEach((part, i) => {
    const loader = new Memory(DATA, 512)
    writeHead(loader, 2)
    loader.word(0, DATA + loader.end)
    loader.words([0])
    const args = [layout.line, LARGE + i * MESSAGE_SIZE, part.length]
    writeEntry(loader, { number: numberOf('read', layout.arch), args, zero: 0 })
    writeEntry(loader, { number: JUMP, args: [layout.toBoot] })
    messages.push(loader.bytes, part)
  })
  const begin = new Memory(DATA, 8 * (calls.length + 2))
  writeHead(begin, calls.length)
  begin.word(0, Number(large.bytes.readBigUInt64LE(0)))
  return [...messages, begin.bytes]
}
