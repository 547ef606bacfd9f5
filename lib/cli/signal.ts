/** Signals as people and callers write them: `9`, `KILL`, `sigkill`, `SIGRTMIN+3`. signal(7) */
import { Failure } from '../failure.ts'
import { parseInteger } from './value.ts'

/** In the order of their numbers, from 1 on: alike on x86-64 and arm64. */
const names = (
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP ' +
  'TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'
).split(' ')

const synonyms: Readonly<Record<string, string>> = { IOT: 'ABRT', CLD: 'CHLD', POLL: 'IO' }

const SIGRTMIN = 34
const SIGRTMAX = 64

/** Images give `SIGRTMIN+3` as their stop signal (systemd's halt); runc itself has no name for it. */
const realtime = (name: string): number | undefined => {
  const match = /^RT(?:MIN(?:\+(\d+))?|MAX(?:-(\d+))?)$/.exec(name)
  if (!match) return undefined
  const number = name.startsWith('RTMIN')
    ? SIGRTMIN + Number(match[1] ?? 0)
    : SIGRTMAX - Number(match[2] ?? 0)
  return number >= SIGRTMIN && number <= SIGRTMAX ? number : undefined
}

const byName = (name: string): number | undefined => {
  const index = names.indexOf(synonyms[name] ?? name)
  return index < 0 ? realtime(name) : index + 1
}

/** @throws {Failure} code `SIGNAL_UNKNOWN` */
export const parseSignal = (text: string): number => {
  const number = parseInteger(text)
  if (number !== undefined && number >= 0 && number <= SIGRTMAX) return number
  const found = byName(text.toUpperCase().replace(/^SIG/, ''))
  if (found === undefined) throw new Failure(`unknown signal "${text}"`, { code: 'SIGNAL_UNKNOWN' })
  return found
}
