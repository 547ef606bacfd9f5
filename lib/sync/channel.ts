/**
 * The line between tsrun and the process that becomes the container: a socket pair that keeps message
 * boundaries. Both sides are synchronous.
 *
 *     tsrun (parent)                              child, then stub
 *       │  clone3 ─────────────────────────────────▶ │
 *       │  maps ids                                  │ waits, in a new user namespace only
 *       │ ── go ───────────────────────────────────▶ │
 *       │  saves the state                           │ cgroup, namespaces, mounts, devices, …
 *       │ ◀────────────────────────────── reached ── │ only where hooks are to run
 *       │ ── go ───────────────────────────────────▶ │
 *       │                                            │ pivot_root, …, execve of the stub
 *       │                                            │ stub: groups, ids, capabilities
 *       │ ◀──────────────────────────────── ready ── │ one byte
 *       │  sets limits                               │ waits
 *       │ ── go ───────────────────────────────────▶ │ closes the line, waits for `start` on its socket
 *
 * Instead of any of its messages the child may send `failed` and exit; the stub then sends a record of
 * the call that failed (`stub/table.ts`). A line that ends without a message means that it was killed.
 */
import { read } from '../sys/file.ts'
import { send } from '../sys/socket.ts'
import { RECORD_SIZE, parseRecords, type StubRecord } from '../stub/table.ts'

/** One error of a chain, as data. */
export interface ErrorData {
  readonly message: string
  readonly hint?: string
  readonly syscall?: string
  readonly errno?: number
  /** The failed call with its arguments. */
  readonly call?: string
}

export type ChildMessage =
  | { readonly type: 'failed'; readonly errors: readonly ErrorData[]; readonly pointer: string }
  /** The child that joined namespaces made the one that becomes the container. */
  | { readonly type: 'forked'; readonly pid: number }
  | { readonly type: 'reached'; readonly point: HookPoint }
  | { readonly type: 'ready' }
  | { readonly type: 'stub-failed'; readonly record: StubRecord }
  | { readonly type: 'closed' }

/** Where the child waits while hooks run. */
export type HookPoint = 'createRuntime' | 'createContainer'

export const READY = Buffer.from('R')
const GO = Buffer.from('G')
const MAX_MESSAGE = 65536

export const sendMessage = (socket: number, message: ChildMessage): void =>
  send(socket, Buffer.from(JSON.stringify(message)))

/** Parent: reads the next message; blocks. */
export const receiveMessage = (socket: number): ChildMessage => {
  const buffer = Buffer.alloc(MAX_MESSAGE)
  const size = read(socket, buffer, buffer.length)
  if (size === 0) return { type: 'closed' }
  if (size === READY.length) return { type: 'ready' }
  const bytes = buffer.subarray(0, size)
  if (size === RECORD_SIZE) return { type: 'stub-failed', record: parseRecords(bytes)[0]! }
  return JSON.parse(bytes.toString()) as ChildMessage
}

export const sendGo = (socket: number): void => send(socket, GO)

/** Child: blocks until the parent says go. @returns whether it did; false when it is gone */
export const awaitGo = (socket: number): boolean => read(socket, Buffer.alloc(1), 1) === 1
