/**
 * The line between tsrun and the process that becomes the container: a socket pair that keeps message
 * boundaries. tsrun speaks, the other answers; a line that ends tells either that the other is gone.
 *
 *     tsrun                                       a stub
 *       │  posix_spawn ────────────────────────────▶ │ waits for a question
 *       │  makes the v2 cgroup                       │
 *       │ ── calls ────────────────────────────────▶ │ joins namespaces, …
 *       │ ◀───────────────────────────── results ─── │
 *       │ ── clone3 ───────────────────────────────▶ │ makes the container's first process, and ends
 *       │  makes the v1 cgroups                      │ (a millisecond)
 *       │ ◀───────────────────────────────── pid ─── │
 *       │  maps ids                                  │ the same program in new namespaces
 *       │ ── calls ────────────────────────────────▶ │ mounts, devices, pivot_root, …
 *       │  puts together the next ones               │
 *       │ ◀───────────────────────────── results ─── │
 *       │ ── the last calls ───────────────────────▶ │ groups, ids, capabilities
 *       │ ◀──────────────────────────────── ready ── │ one byte
 *       │  sets limits                               │ waits
 *       │ ── go ───────────────────────────────────▶ │ closes the line, waits for `start` on its socket
 *
 * From the last calls on the stub speaks of itself: a record for each call that failed (`stub/table.ts`).
 */
import { readPatiently } from '../stub/patience.ts'
import { RECORD_SIZE, parseRecords, type StubRecord } from '../stub/table.ts'
import { send } from '../sys/socket.ts'

export const READY = Buffer.from('R')
const GO = Buffer.from('G')

export type Report =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly record: StubRecord }
  /** It has ended. */
  | { readonly type: 'closed' }

/** What a stub says of its last calls; blocks. @param pid of the stub */
export const receiveReport = (line: number, pid: number): Report => {
  const buffer = Buffer.alloc(RECORD_SIZE)
  const size = readPatiently(line, pid, buffer)
  if (size === 0) return { type: 'closed' }
  if (size === READY.length) return { type: 'ready' }
  return { type: 'failed', record: parseRecords(buffer)[0]! }
}

export const sendGo = (line: number): void => send(line, GO)

/** Where hooks run while the container is being made. */
export type HookPoint = 'createRuntime' | 'createContainer'
