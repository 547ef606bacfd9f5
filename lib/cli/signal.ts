/** Signals as people and callers write them: `9`, `KILL`, `sigkill`, `SIGRTMIN+3`. */
import { constants } from 'node:os'
import { Failure } from '../failure.ts'
import { parseInteger } from './value.ts'

const SIGRTMIN = 34
const SIGRTMAX = 64

/** Images give `SIGRTMIN+3` as their stop signal (systemd's halt); runc itself has no name for it. */
const realtime = (name: string): number | undefined => {
  const match = /^SIGRT(?:MIN(?:\+(\d+))?|MAX(?:-(\d+))?)$/.exec(name)
  if (!match) return undefined
  const number = name.startsWith('SIGRTMIN')
    ? SIGRTMIN + Number(match[1] ?? 0)
    : SIGRTMAX - Number(match[2] ?? 0)
  return number >= SIGRTMIN && number <= SIGRTMAX ? number : undefined
}

const byName = (name: string): number | undefined => {
  const numbers: Readonly<Record<string, number>> = constants.signals
  return Object.hasOwn(numbers, name) ? numbers[name] : realtime(name)
}

/** @throws {Failure} code `SIGNAL_UNKNOWN` */
export const parseSignal = (text: string): number => {
  const number = parseInteger(text)
  if (number !== undefined && number >= 0 && number <= SIGRTMAX) return number
  const upper = text.toUpperCase()
  const found = byName(upper.startsWith('SIG') ? upper : `SIG${upper}`)
  if (found === undefined) throw new Failure(`unknown signal "${text}"`, { code: 'SIGNAL_UNKNOWN' })
  return found
}
