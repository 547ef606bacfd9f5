/**
 * Where the program stops to have its snapshot taken, and where every process goes on that starts from it.
 *
 * The build runs the program until it is warm and stops it in {@link stopForSnapshot}. What is in its memory then
 * becomes part of the executable, whose first instructions map it again and return from the same call
 * (`scripts/snapshot/`). Nothing else is left of the process that was stopped: descriptors, signals, ids and limits
 * are the new one's own, and its arguments and environment lie on the stack that the kernel made for it.
 *
 * x86-64 only: elsewhere none is made.
 */
import { ffi } from '../koffi.ts'
import { readTextFile } from '../text-file.ts'
import { makeForget } from './forget.ts'
import { leaveHeap } from './heap.ts'
import { describeProcessor, makeSave } from './machine-code.ts'
import { resume } from './resume.ts'

/** What `save` writes; at the end the loader adds the thread's id and the stack of the new process. */
const STATE_SIZE = 80
const INITIAL_STACK = 72

/** What the build learns when the program stops. */
export interface Stopped {
  /** Address of the saved registers. */
  readonly state: string
  /** Of what is to be called instead of madvise(2). */
  readonly forget: string
  /** Entries of the loader's table of processors, hexadecimal. */
  readonly processor: readonly string[]
}

/** Where the kernel made the stack of this process, proc(5). */
const ownStack = (): bigint => {
  const stat = readTextFile('/proc/self/stat')
  // The 28th field; the second, which is in brackets, may have spaces.
  return BigInt(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[25]!)
}

/**
 * Stops this process.
 * @param say tells the build
 * @returns the arguments of the process that goes on from the snapshot
 */
export const stopForSnapshot = (say: (stopped: Stopped) => void): readonly string[] => {
  const state = Buffer.alloc(STATE_SIZE)
  const save = makeSave()
  const processor = describeProcessor()
  const forget = String(makeForget())
  // So that it, too, is warm.
  resume(ownStack())
  leaveHeap()
  say({ state: String(ffi.address(state)), forget, processor })
  if (save(state) === 0) throw new Error('continued, and was to be ended')
  return resume(state.readBigUInt64LE(INITIAL_STACK))
}
