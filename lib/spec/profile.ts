/**
 * The profile of seccomp(2), as the text that it is. Runs in tsrun.
 *
 * Docker's is four fifths of a config, and is the same in every one: to parse it and check it takes longer than the
 * rest together. A text that was parsed, checked and compiled before is known by its digest, and need not be again: the
 * config is read without it, and its value is made when somebody asks.
 */
import type { Config, Linux, Seccomp } from './types.ts'

const NAME = '"seccomp"'
/** It stands for the profile. JSON spells this character in one way only, so that there can be no other. */
const MARK = '\u0001'
const SPELLED = '\\u0001'

export interface Divided {
  readonly profile: string
  /** The text with a mark in the profile's place. */
  readonly rest: string
}

/** Offset of the `{` with which the value of the first property of that name begins; -1 if there is none. */
const startOf = (text: string): number => {
  for (let at = text.indexOf(NAME); at !== -1; at = text.indexOf(NAME, at + 1)) {
    const colon = /^\s*:\s*(?=\{)/.exec(text.slice(at + NAME.length, at + NAME.length + 20))
    if (colon) return at + NAME.length + colon[0].length
  }
  return -1
}

/** Behind the `}` that belongs to it, unless there are some in strings: then it may be a text that nobody knows. */
const endOf = (text: string, start: number): number => {
  let depth = 0
  let open = start
  for (let end = text.indexOf('}', start); end !== -1; end = text.indexOf('}', end + 1)) {
    for (; open !== -1 && open < end; open = text.indexOf('{', open + 1)) depth++
    if (--depth === 0) return end + 1
  }
  return -1
}

/** Undefined where the config has no profile. */
export const divide = (text: string): Divided | undefined => {
  const start = startOf(text)
  if (start === -1 || text.includes(SPELLED)) return undefined
  const end = endOf(text, start)
  if (end === -1) return undefined
  const profile = text.slice(start, end)
  return { profile, rest: `${text.slice(0, start)}"${SPELLED}"${text.slice(end)}` }
}

/** Takes the mark out of what was made of `rest`. @returns false where it is not where the profile belongs */
export const unmark = (value: unknown): boolean => {
  const config = value as { linux?: { seccomp?: unknown } } | null
  if (config?.linux?.seccomp !== MARK) return false
  // A copy, for after `delete` the engine looks up each property of the object anew.
  const { seccomp: _mark, ...others } = config.linux
  config.linux = others
  return true
}

/** Whether somebody decides on some of the system calls, who is told in words of the profile's. */
export const hasListener = ({ syscalls = [] }: Seccomp): boolean =>
  syscalls.some(({ action }) => action === 'SCMP_ACT_NOTIFY')

const texts = new WeakMap<Linux, string>()

/** Undefined where it is not known by its text, as one with a listener never is. */
export const profileTextOf = ({ linux }: Config): string | undefined => linux && texts.get(linux)

/** @param make the profile, for whoever asks for it; without, the config has it */
export const attach = ({ linux }: Config, profile: string, make?: () => Seccomp): void => {
  if (!linux) return
  texts.set(linux, profile)
  if (!make) return
  let made: Seccomp | undefined
  const get = (): Seccomp => (made ??= make())
  Object.defineProperty(linux, 'seccomp', { get, enumerable: true, configurable: true })
}
