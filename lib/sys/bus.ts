/**
 * A connection to a D-Bus, with a deadline on everything that is waited for. sd-bus(3).
 *
 * Synchronous and without callbacks: a signal that nobody has a callback for comes out of
 * sd_bus_process(3) as a message.
 */
import { Failure } from '../failure.ts'
import { hasCode } from './error.ts'
import { append, readValues, type BusValue } from './bus-message.ts'
import { ERROR_SIZE, checkBus, decodeError, libsystemd, type Handle } from './libsystemd.ts'
import { now } from './clock.ts'

export interface BusCall {
  readonly destination: string
  readonly path: string
  readonly interface: string
  readonly member: string
  readonly signature?: string
  readonly args?: readonly BusValue[]
  /** Types of the answer that the caller wants to know, see {@link readValues}. */
  readonly returns?: string
}

export interface Bus {
  /**
   * @param patience ms
   * @throws BusError what the peer answered; Failure `TIMEOUT` that names the call
   */
  readonly call: (call: BusCall, patience: number) => readonly (string | number)[]
  /**
   * The next signal that `accept` does not answer with `undefined`.
   * @returns undefined where none came in time
   */
  readonly awaitSignal: <T>(signal: Signal<T>, patience: number) => T | undefined
  readonly close: () => void
}

export interface Signal<T> {
  readonly interface: string
  readonly member: string
  /** Types of its values, see {@link readValues}. */
  readonly types: string
  readonly accept: (values: readonly (string | number)[]) => T | undefined
}

/** Microseconds until a deadline of `now()`, for sd_bus_wait(3). */
const until = (deadline: number): number => Math.max(0, Math.ceil((deadline - now()) * 1000))

/** Lets the connection work until there is nothing to do, then until something arrives. */
const step = (bus: Handle, deadline: number): Handle | undefined => {
  const { process, wait } = libsystemd()
  const out: Handle[] = [0]
  const worked = checkBus('sd_bus_process', process(bus, out))
  const [message] = out
  if (message) return message
  if (worked === 0) {
    try {
      checkBus('sd_bus_wait', wait(bus, until(deadline)))
    } catch (error) {
      if (!hasCode(error, 'EINTR')) throw error
    }
  }
  return undefined
}

const awaitReady = (bus: Handle, name: string, patience: number): void => {
  const { isReady, unref } = libsystemd()
  const deadline = now() + patience
  while (checkBus('sd_bus_is_ready', isReady(bus)) === 0) {
    if (now() > deadline) {
      throw new Failure(`${name} did not answer within ${patience / 1000} s`, { code: 'TIMEOUT' })
    }
    const message = step(bus, deadline)
    if (message !== undefined) unref(message)
  }
}

const call = (bus: Handle, request: BusCall, patience: number): readonly (string | number)[] => {
  const library = libsystemd()
  const { destination, path, member, signature = '', args = [], returns } = request
  const [message, reply]: [Handle[], Handle[]] = [[0], [0]]
  checkBus(
    'sd_bus_message_new_method_call',
    library.newCall(bus, message, destination, path, request.interface, member),
  )
  const error = Buffer.alloc(ERROR_SIZE)
  try {
    append(message[0]!, signature, args)
    const result = library.call(bus, message[0]!, patience * 1000, error, reply)
    if (result >= 0) return returns === undefined ? [] : readValues(reply[0]!, returns)
    const answer = decodeError(error)
    if (answer && !hasCode(answer, ...TOO_LATE)) throw answer
    if (!answer) checkBus(member, result)
    throw new Failure(`${destination} did not answer ${member} within ${patience / 1000} s`, {
      code: 'TIMEOUT',
    })
  } finally {
    library.freeError(error)
    library.unref(message[0]!)
    if (reply[0]) library.unref(reply[0])
  }
}

/** What sd_bus_call(3) itself says when nobody answers, in older and in newer versions. */
const TOO_LATE = ['org.freedesktop.DBus.Error.NoReply', 'org.freedesktop.DBus.Error.Timeout']

const awaitSignal = <T>(bus: Handle, signal: Signal<T>, patience: number): T | undefined => {
  const { isSignal, unref } = libsystemd()
  const deadline = now() + patience
  while (now() <= deadline) {
    const message = step(bus, deadline)
    if (message === undefined) continue
    try {
      if (isSignal(message, signal.interface, signal.member) <= 0) continue
      const found = signal.accept(readValues(message, signal.types))
      if (found !== undefined) return found
    } finally {
      unref(message)
    }
  }
  return undefined
}

const wrap = (bus: Handle): Bus => ({
  call: (request, patience) => call(bus, request, patience),
  awaitSignal: (signal, patience) => awaitSignal(bus, signal, patience),
  close: () => void libsystemd().closeUnref(bus),
})

const connect = (name: string, patience: number, open: (out: Handle[]) => number): Bus => {
  const out: Handle[] = [0]
  try {
    checkBus('sd_bus_open', open(out))
    awaitReady(out[0]!, name, patience)
    return wrap(out[0]!)
  } catch (error) {
    if (out[0]) libsystemd().closeUnref(out[0])
    throw error
  }
}

/**
 * The bus of the system, or of the user's session.
 * @param patience ms for the whole handshake
 * @throws BusError, Failure
 */
export const openBus = (kind: 'system' | 'user', patience: number): Bus =>
  connect(`the ${kind} bus`, patience, (out) =>
    kind === 'user' ? libsystemd().openUser(out) : libsystemd().openSystem(out),
  )

/** A peer that listens for itself, without a bus in between. @param path of its socket */
export const openPeer = (path: string, patience: number): Bus =>
  connect(path, patience, (out) => {
    const { create, setAddress, start } = libsystemd()
    checkBus('sd_bus_new', create(out))
    checkBus('sd_bus_set_address', setAddress(out[0]!, `unix:path=${path}`))
    return start(out[0]!)
  })
