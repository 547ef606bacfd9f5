/**
 * System calls for the stub, as data. Pure.
 *
 * Pointers are written as `{ text }`, `{ texts }` or `{ bytes }` and get their addresses when the message
 * is laid out (`message.ts`).
 */
import type { SyscallName } from '../sys/numbers.ts'

export type StubArgument =
  | number
  | bigint
  /** A NUL-terminated string. */
  | { readonly text: string }
  /** A NULL-terminated array of strings: argv, envp. */
  | { readonly texts: readonly string[] }
  /** Memory with this content. */
  | { readonly bytes: Uint8Array }
  /** A `struct sock_fprog` whose filter is this content. */
  | { readonly filter: () => Uint8Array }
  /** A `struct sigaction` whose handler ends the stub. */
  | { readonly handler: 'die' }

export interface StubCall {
  readonly call: SyscallName
  readonly args: readonly StubArgument[]
  /** What is being attempted, for the error: `setgroups 10, 20`. */
  readonly doing: string
  readonly pointer?: string
  /** What the user can do, by errno. */
  readonly hints?: Readonly<Record<number, string>>
  /** errnos that are reported and do not end the stub: execvp(3)'s search of PATH goes on after them. */
  readonly tolerate?: readonly number[]
  /** A result of 0 ends the stub without a word: the other end of the line is gone. */
  readonly endOnZero?: boolean
}

/** One failed call, as the stub reports it: 8 bytes, two little-endian integers. */
export interface StubRecord {
  /** Into the table. */
  readonly index: number
  readonly errno: number
}

export const RECORD_SIZE = 8

export const parseRecords = (bytes: Buffer): readonly StubRecord[] => {
  const records: StubRecord[] = []
  for (let offset = 0; offset + RECORD_SIZE <= bytes.length; offset += RECORD_SIZE) {
    records.push({ index: bytes.readUInt32LE(offset), errno: bytes.readUInt32LE(offset + 4) })
  }
  return records
}
