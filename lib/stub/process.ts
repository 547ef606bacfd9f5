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
import type { Conversation } from './conversation.ts'
import { lastMessages } from './message.ts'
import { AHEAD, AWAITED, MOST_CALLS, POSTED, type Question, type Weight } from './question.ts'
import { PENDING, settle, settleEach, type Results } from './results.ts'
import type { StubCall } from './table.ts'

/**
 * Calls that are worth a message of their own, which takes tsrun 40 µs: for one that has nothing to do, and in the midst
 * of more.
 */
const WORTH_CALLS = 10
const ENOUGH_CALLS = 40

export class StubProcess implements Elsewhere {
  #pid: number
  /** Gone is reaped: the pid may be somebody else's. */
  state: 'there' | 'gone' | 'ended' = 'there'
  readonly #conversation: Conversation
  /** What is waiting to be sent. */
  #question: Question
  #isTogether = false
  #isAhead = false
  /** Those of the current {@link together} that had to be sent before the rest. */
  #sent: Question[] = []
  /** How many calls these are. */
  #count = 0
  /** The last one, until its answer is heard: it is being worked at while the next is put together. */
  #unheard: Question | undefined
  /** The {@link unheard} is a birth: this one ends with its answer, and the line is the child's. */
  #isForking = false
  /** After it no call can be made, whoever catches it: of this {@link together}, or at all. */
  #failure: { readonly error: unknown; readonly stage: Stage } | undefined
  #isOver = false

  constructor(pid: number, conversation: Conversation) {
    this.#pid = pid
    this.#conversation = conversation
    this.#question = conversation.question()
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
      this.#add(kind, args, AWAITED)
      return this.#ask()
    }
    this.#add(kind, args, this.#isAhead ? AHEAD : AWAITED)
    return PENDING - this.#count - this.#question.count + 1
  }

  post(kind: CallKind, args: readonly Argument[]): void {
    this.#add(kind, args, POSTED)
  }

  /** Sends what is waiting, if this does not go into the same message. @throws the failure of a call before */
  #add(kind: CallKind, args: readonly Argument[], weight: Weight, onZero?: number): void {
    if (this.#question.count >= MOST_CALLS || this.#failure !== undefined) this.#flush()
    const stage = currentStage()
    if (this.#question.add(kind, args, stage, weight, this.#count, this.#resultOf, onZero)) return
    this.#flush()
    this.#question.add(kind, args, stage, weight, this.#count, this.#resultOf, onZero)
  }

  together<T>(action: () => T, meanwhile?: () => void): T {
    if (this.#isTogether) return action()
    return this.#asOne(() => {
      const before = this.#question.count
      const result = action()
      // What was waiting before goes with the next message.
      if (this.#question.count > (this.#count > 0 ? 0 : before)) this.#flush()
      if (meanwhile !== undefined) outside(meanwhile)
      this.#hear()
      return settle(result, this.#resultOf) as T
    })
  }

  ahead(action: () => void): void {
    if (this.#isTogether) return action()
    this.#isAhead = true
    this.#asOne(() => {
      action()
      // Where it is busy still, there may be more of it; and a few go with what comes next.
      const { count } = this.#question
      const enough = this.#unheard === undefined ? WORTH_CALLS : ENOUGH_CALLS
      if (count >= enough) this.#flush()
    })
  }

  breathe(): void {
    if (this.#isTogether && this.#question.count >= ENOUGH_CALLS) this.#flush()
  }

  #asOne<T>(action: () => T): T {
    const before = this.#question.count
    this.#isTogether = true
    try {
      return action()
    } catch (error) {
      // What was waiting before still is, if it was not sent.
      this.#question.truncate(this.#count > 0 ? 0 : before)
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

  /** Of a call that was sent. */
  readonly #resultOf = (index: number): number => {
    let first = 0
    for (const question of this.#sent) {
      const end = first + question.count
      if (index < end) {
        if (question === this.#unheard) this.#hear()
        return question.results!.at(index - first)
      }
      first = end
    }
    throw new RangeError(`no call ${index}`)
  }

  /** Sends what is waiting. @throws the failure of the call that ended what was sent before */
  #flush(): void {
    const question = this.#send()
    this.#sent.push(question)
    this.#count += question.count
  }

  #send(isLast = false): Question {
    this.#hear()
    const question = this.#question
    try {
      this.#conversation.tell(question, isLast)
    } catch (error) {
      // Only a call that is alone in its message can be too large for it.
      if (error instanceof RangeError) resume(question.stage(0))
      const isEnd = question.weight(0) === AHEAD
      question.truncate(0)
      throw this.#fail(error, isEnd)
    }
    this.#question = this.#conversation.question()
    return (this.#unheard = question)
  }

  /** Waits for what was sent. @throws the failure of the call that ended it */
  #hear(): void {
    if (this.#failure !== undefined) {
      resume(this.#failure.stage)
      throw this.#failure.error
    }
    const question = this.#unheard
    if (question === undefined) return
    const now = currentStage()
    this.#check(question, this.#answer(question))
    resume(now)
  }

  #check(question: Question, { last, at }: Results): void {
    const errno = -at(last)
    const [kind, weight] = [question.kind(last), question.weight(last)]
    if (errno <= 0 || weight === POSTED || kind.expect.includes(errno)) return
    resume(question.stage(last))
    throw this.#fail(kind.failed(errno, settleEach(question.args(last), at)), weight === AHEAD)
  }

  /** While it is waited for, what it does is what is being done. */
  #answer(question: Question): Results {
    resume(question.stage(question.count - 1))
    this.#unheard = undefined
    let results
    try {
      results = this.#conversation.hear(this.#pid, question)
    } catch (error) {
      this.#isForking = false
      throw this.#fail(error, true)
    }
    question.results = results
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
  #ask(): number {
    const question = this.#send()
    const results = this.#answer(question)
    if (results.last < question.count - 1) this.#check(question, results)
    return results.at(results.last)
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
    this.#add({ ...kind, failed }, args, AHEAD, this.#conversation.layout.boot)
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
    if (this.#question.count > 0) this.#send()
    this.#hear()
    outside(() => {
      for (const message of lastMessages(calls, this.#conversation.layout)) send(this.line, message)
    })
  }
}
