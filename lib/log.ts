/**
 * What lib code has to say besides its result: warnings, and what `--debug` shows.
 *
 * Silent until someone gives it a sink: `lib/cli` does, a program that uses lib/ as a library may.
 * Errors do not come this way: they are thrown, and printed once at the top.
 */

export type Level = 'debug' | 'warning'

export type Sink = (level: Level, message: string) => void

let sink: Sink | undefined
let debugging = false

export const logTo = (target: Sink | undefined, options: { readonly debug: boolean }): void => {
  sink = target
  debugging = options.debug
}

/** Something the user asked for is done differently, or left out, and the command goes on. */
export const warn = (message: string): void => sink?.('warning', message)

/** @param message made only when someone reads it: a plan printed as JSON costs more than some commands */
export const debug = (message: () => string): void => {
  if (debugging) sink?.('debug', message())
}
