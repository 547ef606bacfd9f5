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
import type { Conversation, Queued } from './conversation.ts'
import { lastMessages, sizeOf } from './message.ts'
import { PENDING, settle, settleEach, type Results } from './results.ts'
import type { StubCall } from './table.ts'

/** In one message: calls, which are 72 bytes each, and bytes of what they point to. Together less than it holds. */
const MOST_CALLS = 100
/** Worth a message of their own, which takes tsrun 40 µs: half a millisecond's work of its own to put together. */
const ENOUGH_CALLS = 40
const MOST_BYTES = 49_152

/** A message, and what came of it when that was heard. */
interface Message {
  readonly queue: readonly Queued[]
  results?: Results
}

export class StubProcess implements Elsewhere {
  #pid: number
  /** Gone is reaped: the pid may be somebody else's. */
  state: 'there' | 'gone' | 'ended' = 'there'
  readonly #conversation: Conversation
  #queue: Queued[] = []
  /** Bytes of what these point to. */
  #size = 0
  #isTogether = false
  #isAhead = false
  /** Those of the current {@link together} that had to be sent before the rest. */
  #sent: Message[] = []
  /** How many calls these are. */
  #count = 0
  /** The last one, until its answer is heard: it is being worked at while the next is put together. */
  #unheard: Message | undefined
  /** The {@link unheard} is a birth: this one ends with its answer, and the line is the child's. */
  #isForking = false
  /** After it no call can be made, whoever catches it: of this {@link together}, or at all. */
  #failure: { readonly error: unknown; readonly stage: Stage } | undefined
  #isOver = false

  constructor(pid: number, conversation: Conversation) {
    this.#pid = pid
    this.#conversation = conversation
  }

  get pid(): number {
    if (this.#isForking) this.#hear()
    return this.#pid
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
    const isAhead = this.#isAhead
    this.#queue.push({ kind, args, stage: currentStage(), mayFail, isAhead, onZero })
  }

  together<T>(action: () => T, meanwhile?: () => void): T {
    if (this.#isTogether) return action()
    return this.#asOne(() => {
      const before = this.#queue.length
      const result = action()
      // What was waiting before goes with the next message.
      if (this.#queue.length > (this.#count > 0 ? 0 : before)) this.#flush()
      if (meanwhile !== undefined) outside(meanwhile)
      this.#hear()
      return settle(result, (index) => this.#resultOf(index)) as T
    })
  }

  ahead(action: () => void): void {
    if (this.#isTogether) return action()
    this.#isAhead = true
    this.#asOne(() => {
      action()
      // Where it is busy still, there may be more of it.
      if (this.#unheard === undefined || this.#queue.length >= ENOUGH_CALLS) this.#flush()
    })
  }

  breathe(): void {
    if (this.#isTogether && this.#queue.length >= ENOUGH_CALLS) this.#flush()
  }

  #asOne<T>(action: () => T): T {
    const [calls, size] = [this.#queue.length, this.#size]
    this.#isTogether = true
    try {
      return action()
    } catch (error) {
      // What was waiting before still is, if it was not sent.
      const isSent = this.#count > 0
      this.#queue = isSent ? [] : this.#queue.slice(0, calls)
      this.#size = isSent ? 0 : size
      const failure = this.#failure
      if (failure === undefined) {
        // What was sent may have failed before.
        this.#hear()
        throw error
      }
      // What the action has made of it meanwhile is not what happened.
      resume(failure.stage)
      throw failure.error
    } finally {
      this.#isTogether = false
      this.#isAhead = false
      this.#sent = []
      this.#count = 0
      if (!this.#isOver) this.#failure = undefined
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
    for (const message of this.#sent) {
      const end = first + message.queue.length
      if (index < end) {
        if (message === this.#unheard) this.#hear()
        return message.results!.at(index - first)
      }
      first = end
    }
    throw new RangeError(`no call ${index}`)
  }

  /** Sends what is waiting. @throws the failure of the call that ended what was sent before */
  #flush(): void {
    const message = this.#send()
    this.#sent.push(message)
    this.#count += message.queue.length
  }

  #send(isLast = false): Message {
    this.#hear()
    const queue = this.#queue
    this.#queue = []
    this.#size = 0
    try {
      this.#conversation.tell(queue, isLast)
    } catch (error) {
      // Only a call that is alone in its message can be too large for it.
      resume(queue[0]!.stage)
      throw this.#fail(error, queue[0]!.isAhead)
    }
    return (this.#unheard = { queue })
  }

  /** Waits for what was sent. @throws the failure of the call that ended it */
  #hear(): void {
    if (this.#failure !== undefined) {
      resume(this.#failure.stage)
      throw this.#failure.error
    }
    const message = this.#unheard
    if (message === undefined) return
    const now = currentStage()
    this.#check(message, this.#answer(message))
    resume(now)
  }

  #check({ queue }: Message, results: Results): void {
    const { kind, args, stage, mayFail, isAhead } = queue[results.last]!
    const errno = -results.at(results.last)
    if (errno <= 0 || mayFail || kind.expect.includes(errno)) return
    resume(stage)
    throw this.#fail(kind.failed(errno, settleEach(args, results.at)), isAhead)
  }

  /** While it is waited for, what it does is what is being done. */
  #answer(message: Message): Results {
    const { queue } = message
    resume(queue[queue.length - 1]!.stage)
    this.#unheard = undefined
    let results
    try {
      results = this.#conversation.hear(this.#pid)
    } catch (error) {
      this.#isForking = false
      throw this.#fail(error, true)
    }
    message.results = results
    if (this.#isForking) this.#goOnAs(results.at(results.last))
    return results
  }

  /** @param isEnd whether nobody can go on after it */
  #fail(error: unknown, isEnd: boolean): unknown {
    this.#isOver ||= isEnd
    if (this.#isTogether || isEnd) this.#failure = { error, stage: currentStage() }
    return error
  }

  /** Has the calls made that are waiting. @returns whatever comes of the last of them */
  #ask(): Results {
    const message = this.#send()
    const results = this.#answer(message)
    if (results.last < message.queue.length - 1) this.#check(message, results)
    return results
  }

  /**
   * clone3(2) with CLONE_PARENT: goes on in a child, which is tsrun's too, and ends itself, also when that fails.
   * Nobody waits for it: what it fails by is thrown by the next call, or whoever asks for the pid.
   * @param flags `CLONE_*`
   * @param cgroup its descriptor of the cgroup v2 directory to be born in, Linux 5.7
   * @param explain makes of the kernel's answer what is thrown
   */
  forkAhead(flags: number, cgroup?: number, explain = (error: Error): Error => error): void {
    const { kind, args } = cloneCall(flags | CLONE_PARENT, cgroup)
    const failed: CallKind['failed'] = (errno, given) => explain(kind.failed(errno, given))
    this.#isAhead = true
    this.#add({ ...kind, failed }, args, false, this.#conversation.layout.boot)
    this.#isAhead = false
    this.#send(true)
    this.#isForking = true
  }

  /** The same, and waits. @throws SyscallError */
  fork(flags: number, cgroup?: number): void {
    this.forkAhead(flags, cgroup)
    this.#hear()
  }

  #goOnAs(child: number): void {
    this.#isForking = false
    outside(() => wait(this.#pid))
    if (child < 0) this.state = 'gone'
    else this.#pid = child
  }

  /** @returns whom its end has to come from outside; nobody where that was a birth that failed */
  remaining(): number | undefined {
    try {
      if (this.#isForking) this.#hear()
    } catch {
      // Whoever asked for the birth hears of it.
    }
    return this.state === 'gone' ? undefined : this.#pid
  }

  /** The last thing it is told: from here on it makes `calls` and reports failures one by one. */
  become(calls: readonly StubCall[]): void {
    if (this.#queue.length > 0) this.#send()
    this.#hear()
    outside(() => {
      for (const message of lastMessages(calls, this.#conversation.layout)) send(this.line, message)
    })
  }
}
