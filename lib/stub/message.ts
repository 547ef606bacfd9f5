/** Messages to the stub: programs and what they need, as bytes. Pure. */
import { bitsOf } from '../sys/elsewhere.ts'
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
  readonly args: readonly number[]
  /** After a result of 0: 0 ends the stub, 1 goes on. */
  readonly zero?: 0 | 1
}

/**
 * The upper half of an entry's first word; the lower one is the number.
 * @param results a bit for each argument that is the index of an earlier call whose result is meant
 * @param zero as {@link Entry.zero}; 2 runs the program at the last argument
 */
export const upperHalf = (results: number, zero: number): number => zero + results * 256

export const writeEntry = (memory: Memory, { number, args, zero = 1 }: Entry): void => {
  const offset = memory.reserve(ENTRY_SIZE)
  memory.blank(offset, ENTRY_SIZE)
  memory.halves(offset, number, upperHalf(0, zero))
  args.forEach((value, i) => memory.set(offset + (i + 1) * WORD, value))
}

/** Where the number of the call being made is, and after it the results. */
export const RESULT_OFFSET = WORD

/** Begins a message with room for the results of `count` calls and of the answer. */
export const startQuestion = (memory: Memory, count: number): void => {
  memory.clear()
  memory.reserve(WORD * (count + 2))
}

/** Int32s of an entry. */
export const HALVES = ENTRY_SIZE / 4
/** Of the answer's entry: how many bytes it has. */
const ANSWER_SIZE = 6

const NOTHING = [0, 0, 0, 0, 0, 0, 0, 0]

/**
 * The last entries of a question's program: it answers, and goes on with what comes next.
 * @param isLast whether the stub ends when it has answered
 */
export const endOf = ({ arch, line, toBoot }: Layout, isLast: boolean): number[] => {
  const answer = [numberOf('sendto', arch), 1, line, 0, DATA, 0, 0, 0, MSG_NOSIGNAL, 0]
  const next = isLast ? [numberOf('exit_group', arch), 1, 0, 0] : [JUMP | 0, 1, toBoot, 0]
  return [...answer, ...NOTHING.slice(2), ...next, ...NOTHING, ...NOTHING.slice(4)]
}

/**
 * The program of a question.
 * @param offset of what was reserved for it: {@link sizeOfProgram}
 * @param entries its calls
 * @param end {@link endOf}
 */
export const writeProgram = (
  memory: Memory,
  offset: number,
  entries: number[],
  end: number[],
  answerSize: number,
): void => {
  const begin = offset + WORD
  const answer = begin + entries.length * 4
  memory.halves(0, memory.base + offset, 0)
  memory.halves(offset, memory.base + answer, 0)
  memory.copy(begin, entries)
  end[ANSWER_SIZE] = answerSize
  memory.copy(answer, end)
}

export const sizeOfProgram = (count: number): number => WORD + ENTRY_SIZE * (count + 2)

/** An argument of any size, as two halves. */
export const putHalves = (halves: number[], at: number, value: number | bigint): void => {
  if (typeof value === 'bigint') {
    halves[at] = Number(BigInt.asIntN(32, value))
    halves[at + 1] = Number(BigInt.asIntN(32, value >> 32n))
  } else {
    halves[at] = value | 0
    if (value < 0 || value > 0x7fff_ffff) halves[at + 1] = Math.floor(value / 2 ** 32) | 0
  }
}

/** The program of `calls`, which reports failures one by one and ends; its address goes to offset 0. */
const writeLast = (memory: Memory, calls: readonly StubCall[], layout: Layout): void => {
  const valueOf = argumentsIn(memory, layout.die)
  // All of them at once: entry by entry it takes five times as long.
  const halves = Array<number>(calls.length * HALVES).fill(0)
  calls.forEach(({ call, args, endOnZero, tolerate }, i) => {
    const first = i * HALVES
    halves[first] = numberOf(call, layout.arch)
    halves[first + 1] = upperHalf(0, endOnZero ? 0 : 1)
    for (let n = 0; n < args.length; n++) putHalves(halves, first + 2 * n + 2, valueOf(args[n]!))
    if (tolerate)
      [halves[first + 2 * TOLERATE], halves[first + 2 * TOLERATE + 1]] = bitsOf(tolerate)
  })
  const program = memory.reserve(WORD + calls.length * ENTRY_SIZE)
  memory.word(0, memory.base + program)
  memory.halves(program, 0, 0)
  memory.copy(program + WORD, halves)
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
