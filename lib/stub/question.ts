/**
 * Calls for the stub, each put down at once as it will lie in the message.
 *
 * Some 400 of them come by in a `run`, and an interpreter takes a hundred instructions for as little as a function's
 * call: so there are few here, loops where `map` would do, one array in the place of objects, and what can be done for
 * all calls of a message together is done by the engine's own code, at the end.
 */
import { Structure, type Argument, type CallKind } from '../sys/elsewhere.ts'
import { EINVAL } from '../sys/errno.ts'
import { encodeName } from '../sys/file-name.ts'
import { resume, type Stage } from '../sync/stage.ts'
import { WORD, type Memory } from './memory.ts'
import { HALVES, LAST_ARGUMENT, putHalves, TOLERATE, upperHalf } from './message.ts'
import { NO_PENDING, PENDING, type Results } from './results.ts'

/** What a question's halves are before anything is put down. */
export const noHalves = (): number[] => ZEROS.slice()

/** In one message: calls, and bytes of what they point to. Together less than it holds. */
export const MOST_CALLS = 150
const MOST_BYTES = 49_152

/** What depends on a call: nothing, the next ones, everything that comes after. */
export const POSTED = 0
export const AWAITED = 1
export const AHEAD = 2
export type Weight = typeof POSTED | typeof AWAITED | typeof AHEAD

/** Of a call: its kind, arguments, stage and weight. */
const STRIDE = 4
const INT_MAX = 0x7fff_ffff

const ZEROS: readonly number[] = Array<number>(MOST_CALLS * HALVES).fill(0)

/** Of what an argument points to. */
const sizeOf = (argument: Argument): number => {
  if (ArrayBuffer.isView(argument)) return argument.byteLength
  if (!(argument instanceof Structure)) return 0
  let size = 0
  for (const word of argument.words) size += typeof word === 'number' ? WORD : WORD + sizeOf(word)
  return size
}

/** To ask what class it is of takes 700 instructions. */
const isBytes = (view: ArrayBufferView): view is Uint8Array =>
  (view as { readonly BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT === 1

const bytesOf = (view: ArrayBufferView): Uint8Array =>
  isBytes(view) ? view : new Uint8Array(view.buffer, view.byteOffset, view.byteLength)

/** An argument that is a pointer to something else than text. */
interface Other {
  readonly argument: Argument
  /** Index of its half. */
  readonly at: number
  readonly size: number
}

export class Question {
  count = 0
  /** When they are known. */
  results: Results | undefined
  /** Of a call's numbers. */
  readonly #column: 0 | 1
  /** The entries; small integers, of which an engine makes no doubles. */
  readonly #halves: number[]
  readonly #calls: unknown[] = []
  readonly #texts: string[] = []
  /** Indices of the halves that are where these will be. */
  readonly #pointers: number[] = []
  readonly #inputs: Other[] = []
  readonly #outputs: Other[] = []
  /** Of the outputs, in the message. */
  #places: readonly number[] = []
  /** Of what they point to, in bytes, at most. */
  #size = 0

  /** @param halves zeros, {@link noHalves}; they are zeros again when it is laid out */
  constructor(column: 0 | 1, halves: number[]) {
    this.#column = column
    this.#halves = halves
  }

  kind(index: number): CallKind {
    return this.#calls[index * STRIDE] as CallKind
  }

  args(index: number): readonly Argument[] {
    return this.#calls[index * STRIDE + 1] as readonly Argument[]
  }

  stage(index: number): Stage {
    return this.#calls[index * STRIDE + 2] as Stage
  }

  weight(index: number): Weight {
    return this.#calls[index * STRIDE + 3] as Weight
  }

  /**
   * @param args with {@link PENDING} and an index where the result of an earlier call is meant
   * @param earlier how many of these are in messages that are sent
   * @param resultOf what such a one was
   * @param onZero the address of the program to run after a result of 0
   * @returns whether there was room for it
   */
  add(
    kind: CallKind,
    args: readonly Argument[],
    stage: Stage,
    weight: Weight,
    earlier: number,
    resultOf: (index: number) => number,
    onZero = 0,
  ): boolean {
    const halves = this.#halves
    const first = this.count * HALVES
    const size = this.#size
    const texts = this.#texts.length
    const inputs = this.#inputs.length
    const outputs = this.#outputs.length
    let results = 0
    for (let i = 0, at = first + 2; i < args.length; i++, at += 2) {
      const argument = args[i]
      if (typeof argument === 'number') {
        // `| 0`: one double would make doubles of them all.
        halves[at] = argument | 0
        if (argument < 0) {
          const index = PENDING - argument - earlier
          if (argument > PENDING) halves[at + 1] = -1
          else if (argument <= NO_PENDING) halves[at + 1] = Math.floor(argument / 2 ** 32) | 0
          else if (index < 0) putHalves(halves, at, resultOf(index + earlier))
          else {
            halves[at] = index
            results |= 1 << i
          }
        } else if (argument > INT_MAX) halves[at + 1] = (argument / 2 ** 32) | 0
      } else if (typeof argument === 'string') {
        this.#pointers.push(at)
        this.#texts.push(argument)
        // No character takes more in UTF-8.
        this.#size += 3 * argument.length
      } else if (argument !== null) {
        const other = { argument: argument!, at, size: sizeOf(argument!) }
        this.#size += other.size
        const isOutput =
          kind.outputs.length > 0 && kind.outputs.includes(i) && ArrayBuffer.isView(argument)
        if (isOutput) this.#outputs.push(other)
        else this.#inputs.push(other)
      }
    }
    if (this.#size > MOST_BYTES && this.count > 0) {
      halves.fill(0, first, first + HALVES)
      this.#size = size
      this.#texts.length = texts
      this.#pointers.length = texts
      this.#inputs.length = inputs
      this.#outputs.length = outputs
      return false
    }
    halves[first] = kind.numbers[this.#column]
    halves[first + 1] = upperHalf(results, onZero === 0 ? 1 : 2)
    if (onZero !== 0) halves[first + 2 * LAST_ARGUMENT] = onZero
    const { tolerated } = kind
    if (weight === POSTED) {
      halves[first + 2 * TOLERATE] = -1
      halves[first + 2 * TOLERATE + 1] = -1
    } else if (tolerated !== undefined) {
      halves[first + 2 * TOLERATE] = tolerated[0]
      halves[first + 2 * TOLERATE + 1] = tolerated[1]
    }
    this.#calls.push(kind, args, stage, weight)
    this.count++
    return true
  }

  /** Forgets all but the first `count` calls. */
  truncate(count: number): void {
    const end = count * HALVES
    this.#halves.fill(0, end, this.count * HALVES)
    this.count = count
    this.#calls.length = count * STRIDE
    this.#pointers.length = this.#pointers.filter((at) => at < end).length
    this.#texts.length = this.#pointers.length
    for (const others of [this.#inputs, this.#outputs]) {
      others.length = others.filter(({ at }) => at < end).length
    }
  }

  /** Makes room in `memory` for what the calls write to. */
  placeOutputs(memory: Memory): void {
    for (const { argument, at, size } of this.#outputs) {
      this.#halves[at] = memory.place(bytesOf(argument as ArrayBufferView), size)
    }
  }

  /** Places in `memory` what the calls read. @returns the entries; @throws SyscallError for a string with a NUL */
  layOut(memory: Memory): number[] {
    this.#placeTexts(memory)
    const halves = this.#halves
    for (const { argument, at, size } of this.#inputs) {
      if (ArrayBuffer.isView(argument)) halves[at] = memory.place(bytesOf(argument), size)
      else if (argument instanceof Structure) halves[at] = placeStructure(memory, argument)
      else if (typeof argument === 'bigint') putHalves(halves, at, argument)
      else throw new TypeError('an array of strings cannot be sent')
    }
    const size = this.count * HALVES
    const entries = halves.slice(0, size)
    this.#places = this.#outputs.map(({ at }) => halves[at]! - memory.base)
    halves.fill(0, 0, size)
    return entries
  }

  #placeTexts(memory: Memory): void {
    const texts = this.#texts
    const pointers = this.#pointers
    const halves = this.#halves
    if (texts.length === 0) return
    const all = texts.join('\0')
    if (!all.isWellFormed()) return this.#placeStrange(memory)
    let at = memory.end
    const end = at + Buffer.byteLength(all) + 1
    memory.text(all)
    const { bytes } = memory
    for (let i = 0; i < pointers.length; i++) {
      halves[pointers[i]!] = memory.base + at
      at = bytes.indexOf(0, at) + 1
    }
    // C would cut the string there, and act on another file.
    if (at !== end) this.#refuseNul()
  }

  /** Names that are no UTF-8, as the kernel takes them. */
  #placeStrange(memory: Memory): void {
    this.#texts.forEach((text, i) => {
      if (text.includes('\0')) this.#refuseNul()
      this.#halves[this.#pointers[i]!] = memory.place(encodeName(text))
    })
  }

  #refuseNul(): never {
    const at = this.#pointers[this.#texts.findIndex((text) => text.includes('\0'))]!
    const call = Math.floor(at / HALVES)
    resume(this.stage(call))
    throw this.kind(call).failed(EINVAL, this.args(call))
  }

  /** @param answer a copy of the message's beginning, after the calls */
  fetchOutputs(answer: Buffer): void {
    this.#outputs.forEach(({ argument, size }, i) => {
      const place = this.#places[i]!
      answer.copy(bytesOf(argument as ArrayBufferView), 0, place, place + size)
    })
  }
}

/** @returns its address */
const placeStructure = (memory: Memory, { words }: Structure): number => {
  const placed = words.map((word) => {
    if (typeof word === 'number') return word
    return word instanceof Structure ? placeStructure(memory, word) : memory.place(bytesOf(word))
  })
  return memory.words(placed)
}
