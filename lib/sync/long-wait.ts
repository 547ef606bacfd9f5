/**
 * A wait that takes long: the user is told what for, and can end it. Parent.
 *
 * Whoever gets here has waited for {@link NOTICE} seconds in vain; a quick start pays nothing for it.
 */
import { Failure } from '../failure.ts'
import { warn } from '../log.ts'
import { signals } from '../sys/flags/signal.ts'
import { readTextFile } from '../sys/text-file.ts'
import { relayToMainThread } from '../sys/signal-relay.ts'
import { blockSignals, pendingSignals, poll } from '../sys/signal.ts'
import { now } from '../sys/clock.ts'

/** Seconds until the user is told. */
export const NOTICE = 5

/** How soon a signal is noticed, ms. */
const STEP = 100

const endings = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const
type Ending = (typeof endings)[number]

/** What whoever called us has made us deaf to stays so: nohup(1). */
const heard = (): readonly Ending[] => {
  const [ignored = '0'] = /(?<=^SigIgn:\s*)\S+/m.exec(readTextFile('/proc/self/status')) ?? []
  return endings.filter((name) => !((BigInt(`0x${ignored}`) >> BigInt(signals[name] - 1)) & 1n))
}

/** A foreground `run` has them blocked already: they are the program's, as soon as there is one. */
const holdSignals = (names: readonly Ending[]): void => {
  const numbers = names.map((name) => signals[name])
  blockSignals(numbers)
  relayToMainThread(numbers)
}

const refuseInterrupt = (what: string, names: readonly Ending[]): void => {
  const pending = pendingSignals()
  const name = names.find((ending) => pending.includes(signals[ending]))
  if (name === undefined) return
  throw new Failure(`interrupted by ${name} while waiting for ${what}`, {
    code: 'INTERRUPTED',
    exitStatus: 128 + signals[name],
  })
}

/** What is waited for, and where to look. */
export interface Awaited {
  readonly what: string
  readonly hint?: string | undefined
}

/**
 * @param file can be read when the wait is over
 * @param patience seconds from here on
 * @returns whether it came to that
 * @throws Failure when the user ends the wait
 */
export const waitLong = (file: number, { what, hint }: Awaited, patience = Infinity): boolean => {
  const names = heard()
  holdSignals(names)
  warn(`still waiting for ${what}${hint === undefined ? '' : `: ${hint}`}`)
  const end = now() + patience * 1000
  do {
    if (poll([file], STEP)[0]) return true
    refuseInterrupt(what, names)
  } while (now() < end)
  return false
}
