/**
 * A process that is a stub: it makes the system calls that it is told to, wherever they have brought it,
 * until it is told what to become. Parent.
 */
import type { Argument, CallKind, Elsewhere } from '../sys/elsewhere.ts'
import { outside } from '../sys/elsewhere.ts'
import { currentStage, resume, type Stage } from '../sync/stage.ts'
import { CLONE_PARENT } from '../sys/flags/process.ts'
import { cloneCall } from '../sys/clone.ts'
import { send } from '../sys/socket.ts'
import { wait } from '../sys/process.ts'
import { indexOf, PENDING, type Conversation, type Queued, type Results } from './conversation.ts'
import { lastMessages } from './message.ts'
import type { StubCall } from './table.ts'

/** In one message: calls, which are 72 bytes each, and bytes of what they point to. Together less than it holds. */
const MOST_CALLS = 100
const MOST_BYTES = 49_152

type Replace = (index: number) => number

/** How much room what they point to may take: of a string, in UTF-8. */
const sizeOf = (args: readonly Argument[]): number => {
  let size = 0
  for (let i = 0; i < args.length; i++) {
    const argument = args[i]
    if (typeof argument === 'number') continue
    if (typeof argument === 'string') size += 3 * argument.length
    else if (ArrayBuffer.isView(argument)) size += argument.byteLength
  }
  return size
}

/** Real results in the place of those that stood for them. */
const settle = (value: unknown, resultOf: Replace): unknown => {
  if (Array.isArray(value)) return value.map((each) => settle(each, resultOf))
  if (
    typeof value === 'object' &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype
  ) {
    const entries = Object.entries(value)
    return Object.fromEntries(entries.map(([key, each]) => [key, settle(each, resultOf)]))
  }
  const index = indexOf(value)
  return index === undefined ? value : resultOf(index)
}

/** The same of arguments, which seldom are one. */
const settleEach = (args: readonly Argument[], resultOf: Replace): readonly Argument[] => {
  let settled: Argument[] | undefined
  for (let i = 0; i < args.length; i++) {
    const index = indexOf(args[i])
    if (index !== undefined) (settled ??= [...args])[i] = resultOf(index)
  }
  return settled ?? args
}

export class StubProcess implements Elsewhere {
  readonly pid: number
  /** Gone is reaped: the pid may be somebody else's. Replaced is gone, and another has the line. */
  state: 'there' | 'gone' | 'replaced' = 'there'
  readonly #conversation: Conversation
  #queue: Queued[] = []
  /** Bytes of what these point to. */
  #size = 0
  #isTogether = false
  /** Results of those calls of the current {@link together} that had to be sent before the others. */
  #sent: { readonly results: Results; readonly count: number }[] = []
  /** How many these are. */
  #count = 0
  /** Of these: no other can be made then, whoever catches it. */
  #failure: { readonly error: unknown; readonly stage: Stage } | undefined

  constructor(pid: number, conversation: Conversation) {
    this.pid = pid
    this.#conversation = conversation
  }

  /** Our end of the line to it. */
  get line(): number {
    return this.#conversation.line
  }

  call(kind: CallKind, args: readonly Argument[]): number {
    if (!this.#isTogether) {
      this.#add(kind, args)
      const results = this.#ask()
      return results.at(results.last)
    }
    this.#makeRoom(args)
    const given = this.#count === 0 ? args : this.#withResults(args)
    this.#add(kind, given)
    return PENDING + this.#count + this.#queue.length - 1
  }

  post(kind: CallKind, args: readonly Argument[]): void {
    if (this.#isTogether) this.#makeRoom(args)
    const given = this.#count === 0 ? args : this.#withResults(args)
    this.#add(kind, given, true)
  }

  #add(kind: CallKind, args: readonly Argument[], mayFail = false, onZero?: number): void {
    this.#queue.push({ kind, args, stage: currentStage(), mayFail, onZero })
  }

  together<T>(action: () => T): T {
    if (this.#isTogether) return action()
    this.#isTogether = true
    try {
      const before = this.#queue.length
      const result = action()
      if (this.#queue.length > before || this.#count > 0) this.#flush()
      return settle(result, (index) => this.#resultOf(index)) as T
    } catch (error) {
      this.#queue = []
      this.#size = 0
      if (this.#failure === undefined) throw error
      // What the action has made of it meanwhile is not what happened.
      resume(this.#failure.stage)
      throw this.#failure.error
    } finally {
      this.#isTogether = false
      this.#sent = []
      this.#count = 0
      this.#failure = undefined
    }
  }

  /** Sends what is waiting, if this does not go into the same message. @throws the failure of a call before */
  #makeRoom(args: readonly Argument[]): void {
    const size = sizeOf(args)
    const isFull = this.#queue.length >= MOST_CALLS || this.#size + size > MOST_BYTES
    if ((isFull && this.#queue.length > 0) || this.#failure !== undefined) this.#flush()
    this.#size += size
  }

  /** Arguments that are results of calls sent before are known by now; the others count from the queue's first. */
  #withResults(args: readonly Argument[]): readonly Argument[] {
    const count = this.#count
    return settleEach(args, (index) =>
      index < count ? this.#resultOf(index) : PENDING + index - count,
    )
  }

  /** Of those that were sent. */
  #resultOf(index: number): number {
    let first = 0
    for (const { results, count } of this.#sent) {
      if (index < first + count) return results.at(index - first)
      first += count
    }
    throw new RangeError(`no call ${index}`)
  }

  /** Sends what is waiting. @throws the failure of the call that ended it */
  #flush(): void {
    if (this.#failure !== undefined) throw this.#failure.error
    const queue = this.#queue
    try {
      const results = this.#ask()
      this.#sent.push({ results, count: queue.length })
      this.#count += queue.length
      const errno = -results.at(results.last)
      const { kind, args, stage, mayFail } = queue[results.last]!
      if (errno <= 0 || mayFail || kind.expect.includes(errno)) return
      resume(stage)
      throw kind.failed(errno, settleEach(args, results.at))
    } catch (error) {
      // Only a call that is alone in its message can be too large for it.
      if (error instanceof RangeError) resume(queue[0]!.stage)
      this.#failure = { error, stage: currentStage() }
      throw error
    }
  }

  /** Has the calls made that are waiting. */
  #ask(isLast = false): Results {
    const queue = this.#queue
    this.#queue = []
    this.#size = 0
    return this.#conversation.ask(this.pid, queue, isLast)
  }

  /**
   * clone3(2) with CLONE_PARENT: a process that is tsrun's child and goes on in this one's place. This one
   * ends, also when it fails.
   * @param flags `CLONE_*`
   * @param cgroup its descriptor of the cgroup v2 directory to be born in, Linux 5.7
   */
  fork(flags: number, cgroup?: number): StubProcess {
    const { layout } = this.#conversation
    const call = cloneCall(flags | CLONE_PARENT, cgroup)
    this.#add(call.kind, call.args, false, layout.boot)
    const results = this.#ask(true)
    const pid = results.at(results.last)
    outside(() => wait(this.pid))
    this.state = pid < 0 ? 'gone' : 'replaced'
    if (pid < 0) throw call.kind.failed(-pid, call.args)
    return new StubProcess(pid, this.#conversation)
  }

  /** The last thing it is told: from here on it makes `calls` and reports failures one by one. */
  become(calls: readonly StubCall[]): void {
    if (this.#queue.length > 0) this.#ask()
    outside(() => {
      for (const message of lastMessages(calls, this.#conversation.layout)) send(this.line, message)
    })
  }
}
