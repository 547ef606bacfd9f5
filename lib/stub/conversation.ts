/** The line to a stub: questions that are lists of calls, answers that are their results. Parent. */
import { Structure, outside, type Argument, type CallKind } from '../sys/elsewhere.ts'
import { hasCode } from '../sys/error.ts'
import { send } from '../sys/socket.ts'
import type { Stage } from '../sync/stage.ts'
import { DATA, MESSAGE_SIZE, type Layout } from './layout.ts'
import { Memory, WORD } from './memory.ts'
import {
  ENTRY_SIZE,
  LAST_ARGUMENT,
  RESULT_OFFSET,
  startProgram,
  startQuestion,
  TOLERATE,
  toleranceOf,
  upperHalf,
} from './message.ts'
import { died, readPatiently } from './patience.ts'
import { PENDING, type Results } from './results.ts'

/** All bits. */
const EVERY_ERRNO = -1

/** Each with all of these: an engine finds nothing as quickly as in objects that are alike. */
export interface Queued {
  readonly kind: CallKind
  readonly args: readonly Argument[]
  /** What it is for. */
  readonly stage: Stage
  /** Nothing depends on it. */
  readonly mayFail: boolean
  /** Everything depends on it. */
  readonly isAhead: boolean
  /** The address of the program to run after a result of 0. */
  readonly onZero: number | undefined
}

/** Where what each argument points to is, when the call writes to it. */
type Places = readonly (number | undefined)[]

const bytesOf = (view: ArrayBufferView): Uint8Array =>
  view instanceof Uint8Array ? view : new Uint8Array(view.buffer, view.byteOffset, view.byteLength)

/** What was told, and is not answered yet. */
interface Question {
  readonly queue: readonly Queued[]
  readonly places: readonly (Places | undefined)[]
  readonly answerSize: number
}

/** Made by tsrun. @returns 0 when nobody is at the other end any more */
const orGone = (action: () => number): number => {
  try {
    return outside(action)
  } catch (error) {
    if (hasCode(error, 'EPIPE', 'ECONNRESET')) return 0
    throw error
  }
}

export class Conversation {
  /** Our end of the line. */
  readonly line: number
  readonly layout: Layout
  /** Of a call's numbers. */
  readonly #column: 0 | 1
  readonly #memory = new Memory(DATA, 8192)
  #answer = Buffer.from(new ArrayBuffer(4096))
  #question: Question | undefined

  constructor(line: number, layout: Layout) {
    this.line = line
    this.layout = layout
    this.#column = layout.arch === 'x64' ? 0 : 1
  }

  /**
   * Sends a message. The answer to the one before has been heard.
   * @param isLast whether the stub ends when it has answered
   * @throws RangeError when it is too much for one message
   */
  tell(queue: readonly Queued[], isLast = false): void {
    const memory = this.#memory
    startQuestion(memory, queue.length)
    const places: (Places | undefined)[] = []
    for (let i = 0; i < queue.length; i++) {
      const { kind, args } = queue[i]!
      places.push(kind.outputs.length > 0 ? this.#place(kind, args) : undefined)
    }
    const answerSize = memory.end
    const program = startProgram(memory, this.layout, { count: queue.length, answerSize, isLast })
    for (let i = 0; i < queue.length; i++) {
      this.#write(program + i * ENTRY_SIZE, queue[i]!, places[i])
    }
    this.#send(memory.bytes)
    this.#question = { queue, places, answerSize }
  }

  /**
   * Waits for the answer.
   * @param pid of who is asked, for messages
   * @throws Failure when none comes
   */
  hear(pid: number): Results {
    const { queue, places, answerSize } = this.#question!
    if (answerSize > this.#answer.length) this.#answer = Buffer.from(new ArrayBuffer(MESSAGE_SIZE))
    const size = orGone(() => readPatiently(this.line, pid, this.#answer, answerSize))
    if (size === 0) throw died()
    for (let i = 0; i < queue.length; i++) {
      const place = places[i]
      if (place) this.#fetch(queue[i]!.args, place)
    }
    return this.#results(queue.length)
  }

  /** Makes room for what the call writes to. */
  #place({ outputs }: CallKind, args: readonly Argument[]): Places {
    const places: (number | undefined)[] = []
    for (const i of outputs) {
      const argument = args[i]
      if (ArrayBuffer.isView(argument)) places[i] = this.#memory.place(bytesOf(argument))
    }
    return places
  }

  #fetch(args: readonly Argument[], places: Places): void {
    places.forEach((place, i) => {
      if (place === undefined) return
      const target = bytesOf(args[i] as ArrayBufferView)
      this.#answer.copy(target, 0, place - DATA, place - DATA + target.length)
    })
  }

  /** The call as an entry of the program, as `fillEntry` has them; what it only reads goes behind that. */
  #write(offset: number, queued: Queued, places: Places | undefined): void {
    const { kind, args, mayFail, onZero } = queued
    const memory = this.#memory
    let results = 0
    for (let i = 0, at = offset + WORD; i < args.length; i++, at += WORD) {
      const argument = args[i]!
      if (typeof argument !== 'number') memory.set(at, places?.[i] ?? this.#addressOf(argument))
      else if (argument < PENDING) memory.set(at, argument)
      else {
        results |= 1 << i
        memory.set(at, argument - PENDING)
      }
    }
    if (onZero !== undefined) memory.set(offset + LAST_ARGUMENT * WORD, onZero)
    const upper = upperHalf(results, onZero === undefined ? 1 : 2)
    memory.halves(offset, kind.numbers[this.#column], upper)
    if (mayFail) memory.set(offset + TOLERATE * WORD, EVERY_ERRNO)
    else if (kind.expect.length > 0) memory.set(offset + TOLERATE * WORD, toleranceOf(kind.expect))
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

  #send(message: Buffer): void {
    if (message.length > MESSAGE_SIZE) {
      throw new RangeError(`too much for one message: ${message.length}`)
    }
    // Where it is gone there is no answer to hear either.
    orGone(() => (send(this.line, message), 0))
  }

  #results(count: number): Results {
    const words = new Int32Array(this.#answer.buffer).slice(0, (RESULT_OFFSET + count * 8) / 4)
    return {
      last: Math.min(words[0]!, count - 1),
      at: (index) => {
        const low = RESULT_OFFSET / 4 + index * 2
        return words[low + 1]! * 2 ** 32 + (words[low]! >>> 0)
      },
    }
  }
}
