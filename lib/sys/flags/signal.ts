/** Signals by name, signal(7). */
import { constants } from 'node:os'

export const signals: Readonly<Record<string, number>> = constants.signals

export const SIGHUP = constants.signals.SIGHUP
export const SIGINT = constants.signals.SIGINT
export const SIGTERM = constants.signals.SIGTERM
export const SIGKILL = constants.signals.SIGKILL
export const SIGCHLD = constants.signals.SIGCHLD

/** `9` → `'SIGKILL'` */
export const signalName = (number: number): string =>
  Object.keys(signals).find((name) => signals[name] === number) ?? `signal ${number}`
