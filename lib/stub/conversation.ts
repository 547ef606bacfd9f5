/** The line to a stub: questions that are lists of calls, answers that are their results. Parent. */
import { outside } from '../sys/elsewhere.ts'
import { hasCode } from '../sys/error.ts'
import { send } from '../sys/socket.ts'
import { DATA, MESSAGE_SIZE, type Layout } from './layout.ts'
import { Memory } from './memory.ts'
import { endOf, RESULT_OFFSET, sizeOfProgram, startQuestion, writeProgram } from './message.ts'
import { died, readPatiently } from './patience.ts'
import { noHalves, Question } from './question.ts'
import type { Results } from './results.ts'

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
  readonly #memory = new Memory(DATA, 8192)
  readonly #halves = noHalves()
  readonly #end: number[]
  readonly #lastEnd: number[]
  #answer = Buffer.from(new ArrayBuffer(4096))
  #answerSize = 0

  constructor(line: number, layout: Layout) {
    this.line = line
    this.layout = layout
    this.#end = endOf(layout, false)
    this.#lastEnd = endOf(layout, true)
  }

  /** The next one, once the one before is sent. */
  question(): Question {
    return new Question(this.layout.arch === 'x64' ? 0 : 1, this.#halves)
  }

  /**
   * Sends it. The answer to the one before has been heard.
   * @param isLast whether the stub ends when it has answered
   * @throws RangeError when it is too much for one message; SyscallError for a string with a NUL
   */
  tell(question: Question, isLast = false): void {
    const memory = this.#memory
    startQuestion(memory, question.count)
    question.placeOutputs(memory)
    this.#answerSize = memory.end
    const program = memory.reserve(sizeOfProgram(question.count))
    const entries = question.layOut(memory)
    const end = isLast ? this.#lastEnd : this.#end
    writeProgram(memory, program, entries, end, this.#answerSize)
    const { bytes } = memory
    if (memory.end > MESSAGE_SIZE) {
      throw new RangeError(`too much for one message: ${memory.end}`)
    }
    // Where it is gone there is no answer to hear either.
    orGone(() => (send(this.line, bytes), 0))
  }

  /**
   * Waits for the answer.
   * @param pid of who is asked, for messages
   * @throws Failure when none comes
   */
  hear(pid: number, question: Question): Results {
    const size = this.#answerSize
    if (size > this.#answer.length) this.#answer = Buffer.from(new ArrayBuffer(MESSAGE_SIZE))
    if (orGone(() => readPatiently(this.line, pid, this.#answer, size)) === 0) throw died()
    question.fetchOutputs(this.#answer)
    return this.#results(question.count)
  }

  #results(count: number): Results {
    const words = new Int32Array(this.#answer.buffer).slice(0, (RESULT_OFFSET + count * 8) / 4)
    return {
      last: Math.min(words[0]!, count - 1),
      at: (index) => {
        const low = RESULT_OFFSET / 4 + index * 2
        const [value, high] = [words[low]!, words[low + 1]!]
        // Nearly all are small, and what is computed would be a double.
        return high === value >> 31 ? value : high * 2 ** 32 + (value >>> 0)
      },
    }
  }
}
