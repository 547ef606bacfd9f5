/** A limit as planned: the value for one control file. Types and small conversions, pure. */
import { Failure } from '../../../failure.ts'

export interface Limit {
  /** For messages: `memory limit`. */
  readonly what: string
  /** JSON pointer into config.json. */
  readonly pointer: string
  /** The controller whose hierarchy has the file. */
  readonly controller: string
  /** Its name in the cgroup's directory. */
  readonly file: string
  readonly value: string
  /** What to write instead on a kernel without the file. */
  readonly otherwise?: { readonly file: string; readonly value: string }
  /** The kernel may do without the file, and so may we. */
  readonly optional?: true
  /** Two limits bound each other: where the kernel refuses this one it is tried again after the next. */
  readonly again?: true
  /** Must be in force before a process joins. */
  readonly early?: true
  /** File with what is in use: a limit below that is refused (`checkBeforeUpdate`). */
  readonly usage?: string
}

export interface Limits {
  readonly limits: readonly Limit[]
  /** Settings without an effect in this version of cgroups, as sentences for the log. */
  readonly notices: readonly string[]
}

export const POINTER = '/linux/resources'

export type Integer = number | bigint

/** Go's callers cannot leave a number out: 0 stands for "not set" nearly everywhere, as with runc. */
export const isSet = (value: Integer | undefined): value is Integer =>
  value !== undefined && value != 0

export const isUnlimited = (value: Integer | undefined): boolean => value !== undefined && value < 0

/** v2 spells "no limit" as a word. */
export const orMax = (value: Integer): string => (isUnlimited(value) ? 'max' : String(value))

/** The one limit that a setting stands for, or none where it is not set. */
export const when = <T extends Integer>(
  value: T | undefined,
  limit: (value: T) => Limit,
): readonly Limit[] => (isSet(value) ? [limit(value as T)] : [])

/** The same for a setting of which 0 is a value as good as another. */
export const given = <T extends Integer>(
  value: T | undefined,
  limit: (value: T) => Limit,
): readonly Limit[] => (value === undefined ? [] : [limit(value)])

export const invalid = (message: string, pointer: string, hint?: string): Failure =>
  new Failure(message, { code: 'CONFIG_INVALID', pointer, ...(hint === undefined ? {} : { hint }) })
