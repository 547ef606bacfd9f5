/** The line to a stub: questions that are lists of calls, answers that are their results. Parent. */
import { Structure, outside, type Argument, type Call } from '../sys/elsewhere.ts'
import { hasCode } from '../sys/error.ts'
import { isSyscall, numberOf } from '../sys/numbers.ts'
import { send } from '../sys/socket.ts'
import type { Stage } from '../sync/stage.ts'
import { DATA, MESSAGE_SIZE, type Layout } from './layout.ts'
import { Memory } from './memory.ts'
import {
  ARGUMENTS,
  ENTRY_SIZE,
  RESULT_OFFSET,
  fillEntry,
  startProgram,
  startQuestion,
  toleranceOf,
} from './message.ts'
import { died, readPatiently } from './patience.ts'

/** Numbers that stand for the results of calls still to be made: 2⁵² and above, which no argument is. */
const PENDING = 2 ** 52
const EVERY_ERRNO = 0xffff_ffff_ffff_ffffn

export interface Queued {
  readonly call: Call
  /** Nothing depends on it. */
  readonly mayFail?: boolean
  /** What it is for. */
  readonly stage: Stage
  /** The address of the program to run after a result of 0. */
  readonly onZero?: number
}

/** Where what an argument points to is, when the call writes to it. */
type Place = number | undefined

export const pending = (index: number): number => PENDING + index

/** @returns the index of the call whose result is meant; nothing for another value */
export const indexOf = (value: unknown): number | undefined =>
  typeof value === 'number' && value >= PENDING ? value - PENDING : undefined

const bytesOf = (view: ArrayBufferView): Uint8Array =>
  view instanceof Uint8Array ? view : new Uint8Array(view.buffer, view.byteOffset, view.byteLength)

/**
 * How many results there are, and each: read out of the answer when somebody asks. A number of 64 bits, of
 * which errnos and descriptors need few.
 */
export interface Results {
  /** Index of the last call that was made. */
  readonly last: number
  readonly at: (index: number) => number
}

export class Conversation {
  /** Our end of the line. */
  readonly line: number
  readonly layout: Layout
  readonly #memory = new Memory(DATA, 8192)
  #answer = Buffer.from(new ArrayBuffer(4096))

  constructor(line: number, layout: Layout) {
    this.line = line
    this.layout = layout
  }

  /**
   * @param pid of who is asked, for messages
   * @param isLast whether it ends when it has answered
   * @throws Failure when no answer comes
   */
  ask(pid: number, queue: readonly Queued[], isLast = false): Results {
    const memory = this.#memory
    startQuestion(memory, queue.length)
    const places = queue.map(({ call }) => this.#place(call))
    const answerSize = memory.end
    const program = startProgram(memory, this.layout, { count: queue.length, answerSize, isLast })
    for (let i = 0; i < queue.length; i++) {
      this.#write(program + i * ENTRY_SIZE, queue[i]!, places[i])
    }
    this.#exchange(pid, answerSize)
    for (let i = 0; i < queue.length; i++) {
      const place = places[i]
      if (place) this.#fetch(queue[i]!.call, place)
    }
    return this.#results(queue.length)
  }

  /** Makes room for what the call writes to. @returns where, by argument */
  #place({ args, constant }: Call): readonly Place[] | undefined {
    let places: Place[] | undefined
    for (let i = 0; i < args.length; i++) {
      const argument = args[i]
      if (typeof argument !== 'object' || constant[i] || !ArrayBuffer.isView(argument)) continue
      places ??= []
      places[i] = this.#memory.place(bytesOf(argument))
    }
    return places
  }

  #fetch({ args }: Call, places: readonly Place[]): void {
    places.forEach((place, i) => {
      if (place === undefined) return
      const target = bytesOf(args[i] as ArrayBufferView)
      this.#answer.copy(target, 0, place - DATA, place - DATA + target.length)
    })
  }

  /** The call as an entry of the program; what it only reads goes behind that. */
  #write(offset: number, queued: Queued, places: readonly Place[] | undefined): void {
    const { call, mayFail, onZero } = queued
    const { name, args } = call
    if (!isSyscall(name)) throw new Error(`${name} cannot be called by another process`)
    const words: (number | bigint)[] = []
    let results = 0
    for (let i = 0; i < args.length; i++) {
      const argument = args[i]!
      if (typeof argument !== 'number') words.push(places?.[i] ?? this.#addressOf(argument))
      else if (argument < PENDING) words.push(argument)
      else {
        results |= 1 << i
        words.push(argument - PENDING)
      }
    }
    if (onZero !== undefined) {
      while (words.length < ARGUMENTS - 1) words.push(0)
      words.push(onZero)
    }
    fillEntry(this.#memory, offset, {
      number: numberOf(name, this.layout.arch),
      args: words,
      results,
      zero: onZero === undefined ? 1 : 2,
      tolerate: mayFail ? EVERY_ERRNO : toleranceOf(call.expect),
    })
  }

  #addressOf(argument: Argument): number | bigint {
    if (typeof argument === 'string') return this.#memory.text(argument)
    if (argument === null) return 0
    if (typeof argument !== 'object') return argument
    if (ArrayBuffer.isView(argument)) return this.#memory.place(bytesOf(argument))
    if (argument instanceof Structure) {
      const words = argument.words.map((word) =>
        typeof word === 'number' ? word : this.#addressOf(word),
      )
      return this.#memory.words(words)
    }
    throw new TypeError('an array of strings cannot be sent')
  }

  #exchange(pid: number, answerSize: number): void {
    const message = this.#memory.bytes
    if (message.length > MESSAGE_SIZE) {
      throw new RangeError(`too much for one message: ${message.length}`)
    }
    if (answerSize > this.#answer.length) this.#answer = Buffer.from(new ArrayBuffer(MESSAGE_SIZE))
    const size = outside(() => {
      try {
        send(this.line, message)
        return readPatiently(this.line, pid, this.#answer, answerSize)
      } catch (error) {
        if (hasCode(error, 'EPIPE', 'ECONNRESET')) return 0
        throw error
      }
    })
    if (size === 0) throw died()
  }

  #results(count: number): Results {
    const answer = this.#answer
    return {
      last: Math.min(answer.readUInt32LE(0), count - 1),
      at: (index) => {
        const offset = RESULT_OFFSET + index * 8
        return answer.readInt32LE(offset + 4) * 2 ** 32 + answer.readUInt32LE(offset)
      },
    }
  }
}
