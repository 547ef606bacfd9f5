/** Messages to the stub: programs and what they need, as bytes. Pure. */
import type { Argument } from '../sys/elsewhere.ts'
import { numberOf } from '../sys/numbers.ts'
import { DATA, JUMP, LARGE, MESSAGE_SIZE, type Layout } from './layout.ts'
import { Memory, WORD, argumentsIn } from './memory.ts'
import type { StubCall } from './table.ts'

export const ENTRY_SIZE = 64
/** Of the eight words of an entry; the arguments begin with the second. */
export const LAST_ARGUMENT = 6
export const TOLERATE = 7
const MSG_NOSIGNAL = 0x4000

/** One call of a program, as the stub's loop takes it: eight words. */
export interface Entry {
  /** The system call's. */
  readonly number: number
  readonly args: readonly (number | bigint)[]
  /** A bit for each argument that is the index of an earlier call whose result is meant. */
  readonly results?: number
  /** After a result of 0: 0 ends the stub, 1 goes on, 2 runs the program at the last argument. */
  readonly zero?: 0 | 1 | 2
  /** errnos below 64, as bits, after which it goes on. */
  readonly tolerate?: number | bigint
}

/** The upper half of an entry's first word; the lower one is the number. */
export const upperHalf = (results: number, zero: number): number => zero + results * 256

/** Where it is blank. */
export const fillEntry = (memory: Memory, offset: number, entry: Entry): void => {
  const { number, args, results = 0, zero = 1, tolerate = 0 } = entry
  memory.halves(offset, number, upperHalf(results, zero))
  for (let i = 0; i < args.length; i++) memory.set(offset + (i + 1) * WORD, args[i]!)
  memory.set(offset + TOLERATE * WORD, tolerate)
}

export const writeEntry = (memory: Memory, entry: Entry): void => {
  const offset = memory.reserve(ENTRY_SIZE)
  memory.blank(offset, ENTRY_SIZE)
  fillEntry(memory, offset, entry)
}

/** Where the number of the call being made is, and after it the results. */
export const RESULT_OFFSET = WORD

/** Begins a message with room for the results of `count` calls and of the answer. */
export const startQuestion = (memory: Memory, count: number): void => {
  memory.clear()
  memory.reserve(WORD * (count + 2))
}

/**
 * The program of a question, but for its calls: it answers and goes on with what comes next.
 * @returns the offset of its first entry
 */
export const startProgram = (
  memory: Memory,
  { arch, line, toBoot }: Layout,
  question: {
    readonly count: number
    /** In bytes. */
    readonly answerSize: number
    /** Whether the stub ends when it has answered. */
    readonly isLast: boolean
  },
): number => {
  const { count, answerSize, isLast } = question
  const size = WORD + ENTRY_SIZE * (count + 2)
  const program = memory.reserve(size)
  memory.blank(program, size)
  const first = program + WORD
  const answer = first + count * ENTRY_SIZE
  memory.word(0, memory.base + program)
  memory.word(program, memory.base + answer)
  fillEntry(memory, answer, {
    number: numberOf('sendto', arch),
    args: [line, DATA, answerSize, MSG_NOSIGNAL],
  })
  fillEntry(
    memory,
    answer + ENTRY_SIZE,
    isLast ? { number: numberOf('exit_group', arch), args: [0] } : { number: JUMP, args: [toBoot] },
  )
  return first
}

/** How much room what they point to may take: of a string, in UTF-8. */
export const sizeOf = (args: readonly Argument[]): number => {
  let size = 0
  for (let i = 0; i < args.length; i++) {
    const argument = args[i]
    if (typeof argument === 'number') continue
    if (typeof argument === 'string') size += 3 * argument.length
    else if (ArrayBuffer.isView(argument)) size += argument.byteLength
  }
  return size
}

/** errnos below 64 as bits. */
export const toleranceOf = (errnos: readonly number[] = []): number | bigint => {
  let set = 0
  for (const errno of errnos) {
    // A double holds no more bits.
    if (errno > 52) return errnos.reduce((bits, bit) => bits | (1n << BigInt(bit)), 0n)
    set += 2 ** errno
  }
  return set
}

/** The program of `calls`, which reports failures one by one and ends; its address goes to offset 0. */
const writeLast = (memory: Memory, calls: readonly StubCall[], layout: Layout): void => {
  const valueOf = argumentsIn(memory, layout.die)
  const entries = calls.map((call) => ({
    number: numberOf(call.call, layout.arch),
    args: call.args.map(valueOf),
    zero: call.endOnZero ? (0 as const) : (1 as const),
    tolerate: toleranceOf(call.tolerate),
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
  startQuestion(memory, calls.length)
  writeLast(memory, calls, layout)
  if (memory.end <= MESSAGE_SIZE) return [memory.bytes]

  const large = new Memory(LARGE, 2 * memory.end)
  large.reserve(WORD)
  writeLast(large, calls, layout)
  const messages: Buffer[] = []
  partsOf(large.bytes).forEach((part, i) => {
    const loader = new Memory(DATA, 512)
    startQuestion(loader, 2)
    loader.word(0, DATA + loader.end)
    loader.words([0])
    const args = [layout.line, LARGE + i * MESSAGE_SIZE, part.length]
    writeEntry(loader, { number: numberOf('read', layout.arch), args, zero: 0 })
    writeEntry(loader, { number: JUMP, args: [layout.toBoot] })
    messages.push(loader.bytes, part)
  })
  const begin = new Memory(DATA, 8 * (calls.length + 2))
  startQuestion(begin, calls.length)
  begin.word(0, Number(large.bytes.readBigUInt64LE(0)))
  return [...messages, begin.bytes]
}
