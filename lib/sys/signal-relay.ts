/**
 * Signals for the thread that reads them.
 *
 * A signal for the process goes to any thread that has not blocked it, and the engine's helper threads,
 * which are there before our first line runs, block none: SIGTERM would end tsrun instead of being read
 * from its signalfd. A handler passes the signal on to the main thread, where it is blocked and waits. No
 * JavaScript can run in a handler, so it is a few instructions from a memory file.
 */
import { mapCode } from './code.ts'
import { bytesOf } from './listing.ts'
import { setHandler } from './signal.ts'

/** tgkill(getpid(), getpid(), signal): the main thread's id is the process's. */
const x64 = [
  '89 fa', //          mov edx, edi
  'b8 27 00 00 00', // mov eax, getpid
  '0f 05', //          syscall
  '89 c7', //          mov edi, eax
  '89 c6', //          mov esi, eax
  'b8 ea 00 00 00', // mov eax, tgkill
  '0f 05', //          syscall
  'c3', //             ret
]

const arm64 = [
  0x2a0003e2, // mov w2, w0
  0xd2801588, // mov x8, #getpid
  0xd4000001, // svc #0
  0x2a0003e1, // mov w1, w0
  0xd2801068, // mov x8, #tgkill
  0xd4000001, // svc #0
  0xd65f03c0, // ret
]

const codeFor = (arch: string): Buffer =>
  arch === 'arm64' ? Buffer.from(new Uint32Array(arm64).buffer) : bytesOf(x64)

let handler: number | undefined

/** Has each of `signals`, which the main thread must have blocked, go to it. */
export const relayToMainThread = (signals: readonly number[]): void => {
  handler ??= mapCode(codeFor(process.arch))
  for (const signal of signals) setHandler(signal, handler)
}
