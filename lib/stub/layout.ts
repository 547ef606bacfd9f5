/**
 * Where things are in the stub's memory. Pure.
 *
 * A message lies at {@link DATA}: first the address of its program, which becomes the number of the call
 * being made; the results; what calls write to; the program and what that reads. The answer is a copy of
 * its beginning.
 */
import type { Architecture } from '../sys/numbers.ts'

export const DATA = 0x500000
export const RESULTS = DATA + 8
/** More than any arguments and environment that execve(2) takes; only what is touched is there. */
export const DATA_SIZE = 0x800000
/** One message, in bytes: less than any socket's buffer. Larger ones go in parts. */
export const MESSAGE_SIZE = 65536
/** Where the parts of a larger program come to lie, behind the messages that bring them. */
export const LARGE = DATA + MESSAGE_SIZE

/** A number that is no system call's: the stub goes on with the program whose address is at the argument. */
export const JUMP = 0xffffffff

/** The addresses of one image. */
export interface Layout {
  readonly arch: Architecture
  readonly line: number
  /** The program that waits for the next message. */
  readonly boot: number
  /** Where the address of that is. */
  readonly toBoot: number
  /** Instructions that end the stub. */
  readonly die: number
}
