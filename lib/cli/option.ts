/**
 * Options as tables: one table a command, read by the parser, by the help and by the completion.
 *
 * The parser's result is typed by the table: `bundle: { type: 'string', … }` becomes
 * `values.bundle: string | undefined`.
 */

interface Common {
  /** One letter. */
  readonly alias?: string
  readonly describe: string
  /** Accepted, but not in the help. */
  readonly hidden?: true
}

interface BooleanOption extends Common {
  readonly type: 'boolean'
}
interface StringOption extends Common {
  readonly type: 'string'
  readonly default?: string
}
/** May be given many times; never split at commas. */
interface ListOption extends Common {
  readonly type: 'list'
}
interface IntegerOption extends Common {
  readonly type: 'integer'
  readonly default: number
}
/** `5s`, `1m30s`; the value is in milliseconds. */
interface DurationOption extends Common {
  readonly type: 'duration'
  readonly default: number
}

export type Option = BooleanOption | StringOption | ListOption | IntegerOption | DurationOption

export type Options = Readonly<Record<string, Option>>

export type Value = boolean | number | string | readonly string[] | undefined

type ValueOf<O extends Option> = O extends { type: 'boolean' }
  ? boolean
  : O extends { type: 'list' }
    ? readonly string[]
    : O extends { type: 'integer' | 'duration' }
      ? number
      : O extends { default: string }
        ? string
        : string | undefined

export type Values<O extends Options> = { readonly [name in keyof O]: ValueOf<O[name]> }

/** Every command has it. */
export const helpOption = { type: 'boolean', alias: 'h', describe: 'show this help' } as const
