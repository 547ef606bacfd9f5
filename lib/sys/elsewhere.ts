/**
 * Where system calls are made: by tsrun itself, or by another process that does as it is told.
 *
 * Much of a container can only be set up from inside: who is to see a mount must be in the mount namespace.
 * Code for that is written as if it ran there, with the functions of `lib/sys`, and
 * `inside(process, action)` has every call that `action` makes made by `process`. It waits for each answer,
 * so order, results and errors are those of an ordinary program.
 */

import type { Numbers } from './numbers.ts'

/** A structure of 64-bit words; what is no number in it is a pointer to that. */
export class Structure {
  readonly words: readonly (number | ArrayBufferView | Structure)[]

  constructor(...words: readonly (number | ArrayBufferView | Structure)[]) {
    this.words = words
  }
}

export type Argument =
  number | bigint | string | null | ArrayBufferView | Structure | readonly (string | null)[]

/** What all calls of a function have in common. */
export interface CallKind {
  readonly numbers: Numbers
  /** Indices of the parameters that point to memory which may be written to, and is brought back. */
  readonly outputs: readonly number[]
  /** errnos, positive, that are no failures. */
  readonly expect: readonly number[]
  /** The same as a set of bits: errnos 0 to 31, and 32 to 63. None: nothing is expected. */
  readonly tolerated: readonly [low: number, high: number] | undefined
  /** What to throw for an errno, positive. */
  readonly failed: (errno: number, args: readonly Argument[]) => Error
}

/** {@link CallKind.tolerated} */
export const bitsOf = (errnos: readonly number[]): readonly [low: number, high: number] => {
  let [low, high] = [0, 0]
  for (const errno of errnos) {
    if (errno < 32) low |= 1 << errno
    else high |= 1 << (errno - 32)
  }
  return [low, high]
}

/** A process that makes system calls for us. */
export interface Elsewhere {
  readonly pid: number
  /** @returns the call's result; an errno, negative, when it failed */
  call(kind: CallKind, args: readonly Argument[]): number
  /** Made before the next call; its result interests nobody. */
  post(kind: CallKind, args: readonly Argument[]): void
  /** {@link together} */
  together<T>(action: () => T, meanwhile?: () => void): T
  /** {@link ahead} */
  ahead(action: () => void): void
  /** {@link breathe} */
  breathe(): void
}

let current: Elsewhere | undefined

/** The process that makes our calls; nothing when we do. */
export const elsewhere = (): Elsewhere | undefined => current

const at = <T>(place: Elsewhere | undefined, action: () => T): T => {
  const before = current
  current = place
  try {
    return action()
  } finally {
    current = before
  }
}

/** Runs `action` with its system calls made by `process`. */
export const inside = <T>(process: Elsewhere, action: () => T): T => at(process, action)

/** Runs `action` with its system calls made by tsrun: within {@link inside}, what is not the other's. */
export const outside = <T>(action: () => T): T => at(undefined, action)

/**
 * Sends the calls that `action` makes in one message, where another process makes them: one round trip of
 * some 10 µs instead of one for each. What a call returns can be given to later ones and returned by
 * `action`, also in arrays and objects, but not be looked at before; nor what a call writes. The first that fails
 * ends them all, and throws.
 * @param meanwhile what tsrun does while it waits
 */
export const together = <T>(action: () => T, meanwhile?: () => void): T => {
  if (current) return current.together(action, meanwhile)
  meanwhile?.()
  return action()
}

/**
 * The same for calls that cannot fail without the end of it all, and nobody waits for them: while the other process
 * makes them, tsrun puts together what comes next. What fails is thrown by the next call that is waited for, and by
 * every other then.
 */
export const ahead = (action: () => void): void => {
  if (current) current.ahead(action)
  else action()
}

/** Within {@link together}: a place where what there is so far can be sent, for what comes needs none of its results. */
export const breathe = (): void => current?.breathe()
