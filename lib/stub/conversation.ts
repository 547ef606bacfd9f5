/** The line to a stub: questions that are lists of calls, answers that are their results. Parent. */
import { Structure, outside, type Argument, type Call } from '../sys/elsewhere.ts'
import { EAGAIN } from '../sys/errno.ts'
import { hasCode } from '../sys/error.ts'
import { readAnswer } from '../sys/file.ts'
import { isSyscall, numberOf } from '../sys/numbers.ts'
import { send } from '../sys/socket.ts'
import { DATA, MESSAGE_SIZE, type Layout } from './layout.ts'
import { Memory } from './memory.ts'
import { RESULT_OFFSET, writeQuestion, type Entry } from './message.ts'
import { died, hangs } from './patience.ts'

/** Numbers that stand for the results of calls still to be made: 2⁵² and above, which no argument is. */
const PENDING = 2 ** 52
const EVERY_ERRNO = 0xffff_ffff_ffff_ffffn

export interface Queued {
  readonly call: Call
  /** Nothing depends on it. */
  readonly mayFail?: boolean
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
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength)

export class Conversation {
  /** Our end of the line. */
  readonly line: number
  readonly layout: Layout
  readonly #memory = new Memory(DATA, 8192)
  readonly #answer = Buffer.allocUnsafeSlow(MESSAGE_SIZE)

  constructor(line: number, layout: Layout) {
    this.line = line
    this.layout = layout
  }

  /**
   * @param pid of who is asked, for messages
   * @returns the results; an errno, negative, is the last one, because nothing was done after it
   * @throws Failure when no answer comes
   */
  ask(pid: number, queue: readonly Queued[], isLast = false): readonly number[] {
    const places = queue.map((): Place[] => [])
    writeQuestion(this.#memory, this.layout, {
      count: queue.length,
      isLast,
      place: () => queue.forEach(({ call }, i) => this.#place(call, places[i]!)),
      entries: () => queue.map((queued, i) => this.#entryOf(queued, places[i]!)),
    })
    this.#exchange(pid)
    queue.forEach(({ call }, i) => this.#fetch(call, places[i]!))
    return this.#results(queue)
  }

  /** Makes room for what the call writes to. */
  #place({ args, constant }: Call, places: Place[]): void {
    args.forEach((argument, i) => {
      if (!ArrayBuffer.isView(argument) || constant[i]) return
      places[i] = this.#memory.place(bytesOf(argument))
    })
  }

  #fetch({ args }: Call, places: readonly Place[]): void {
    places.forEach((place, i) => {
      if (place === undefined) return
      const target = bytesOf(args[i] as ArrayBufferView)
      this.#answer.copy(target, 0, place - DATA, place - DATA + target.length)
    })
  }

  #entryOf({ call, mayFail, onZero }: Queued, places: readonly Place[]): Entry {
    const { name, args } = call
    if (!isSyscall(name)) throw new Error(`${name} cannot be called by another process`)
    const values = args.map((argument, i) => places[i] ?? this.#valueOf(argument))
    if (onZero !== undefined) values[5] = onZero
    return {
      number: numberOf(name, this.layout.arch),
      args: values,
      results: args.reduce<number>(
        (marks, argument, i) => (indexOf(argument) === undefined ? marks : marks | (1 << i)),
        0,
      ),
      ...(mayFail && { tolerate: EVERY_ERRNO }),
      ...(onZero !== undefined && { zero: 2 }),
    }
  }

  #valueOf(argument: Argument): number | bigint {
    if (typeof argument === 'number') return indexOf(argument) ?? argument
    if (typeof argument === 'bigint') return argument
    if (argument === null) return 0
    if (typeof argument === 'string') return this.#memory.text(argument)
    if (ArrayBuffer.isView(argument)) return this.#memory.place(bytesOf(argument))
    if (argument instanceof Structure) {
      return this.#memory.words(argument.words.map((word) => this.#valueOf(word)))
    }
    throw new TypeError('an array of strings cannot be sent')
  }

  #exchange(pid: number): void {
    const message = this.#memory.bytes
    if (message.length > MESSAGE_SIZE)
      throw new RangeError(`too much for one message: ${message.length}`)
    const size = outside(() => {
      try {
        send(this.line, message)
        return readAnswer(this.line, this.#answer, MESSAGE_SIZE)
      } catch (error) {
        if (hasCode(error, 'EPIPE', 'ECONNRESET')) return 0
        throw error
      }
    })
    if (size === -EAGAIN) throw hangs(pid)
    if (size === 0) throw died()
  }

  #results(queue: readonly Queued[]): readonly number[] {
    const made = Math.min(this.#answer.readUInt32LE(0) + 1, queue.length)
    return Array.from({ length: made }, (_, i) => {
      const at = RESULT_OFFSET + i * 8
      return this.#answer.readInt32LE(at + 4) * 2 ** 32 + this.#answer.readUInt32LE(at)
    })
  }
}
