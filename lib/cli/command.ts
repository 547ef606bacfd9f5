/** What a command is to the command line. One file in `commands/` each. */
import type { Place } from '../container/request.ts'
import type { Options, Values } from './option.ts'

export interface Call<O extends Options> {
  readonly place: Place
  readonly values: Values<O>
  readonly operands: readonly string[]
}

export interface Command<O extends Options = Options> {
  /** One line for the list of commands. */
  readonly describe: string
  /** More, for the command's own help. */
  readonly about?: string
  /** As the help shows them: `<container-id> [signal]`. */
  readonly operands: string
  /** How many there may be. */
  readonly count: readonly [min: number, max: number]
  readonly options: O
  /** What follows the first operand is someone else's: the container's program, ps. */
  readonly passes?: true
  /** Exit status when the command fails, if not 1. */
  readonly failureStatus?: number
  /** @returns the exit status */
  run(call: Call<O>): number
}

/** Gives `run` the types of the command's own options. */
export const command = <const O extends Options>(definition: Command<O>): Command<O> => definition

/** Most commands take one container and nothing else. */
export const oneContainer = { operands: '<container-id>', count: [1, 1] } as const
