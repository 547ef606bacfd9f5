/** Configs with a profile that is known by its text. Runs in tsrun. */
import { parseTrusted, present, readQuickly, type Reading } from './document.ts'
import { attach, divide, hasListener, unmark } from './profile.ts'
import type { Config, Seccomp } from './types.ts'

/** Whether a profile was part of a good config before. */
export type IsKnown = (profile: string) => boolean

export const nobody: IsKnown = () => false

/**
 * A profile as it stands in the text counts as checked, and is not parsed before somebody looks into it.
 * @param take makes a config of the rest; undefined where something is wrong
 * @returns undefined where the whole text has to be read
 */
export const withKnownProfile = (
  text: string,
  isKnown: IsKnown,
  take: (rest: string, reading: Reading) => Config | undefined,
): Config | undefined => {
  const divided = divide(text)
  if (!divided || !isKnown(divided.profile)) return undefined
  const { profile, rest } = divided
  const reading = readQuickly(rest)
  if (!reading || !unmark(reading.written)) return undefined
  const config = take(rest, reading)
  if (config) attach(config, profile, () => parseTrusted(profile, 'config.json'))
  return config
}

const isSame = (profile: string, value: Seccomp): boolean => {
  const written = readQuickly(profile)?.written
  try {
    return JSON.stringify(present(profile, written)) === JSON.stringify(value)
  } catch {
    // A number that only a bigint holds.
    return false
  }
}

/** Has a good config's profile known by its text from now on, if that is all of it. @returns the config */
export const nameProfile = (config: Config, text: string): Config => {
  const seccomp = config.linux?.seccomp
  const profile = seccomp && !hasListener(seccomp) ? divide(text)?.profile : undefined
  if (seccomp && profile !== undefined && isSame(profile, seccomp)) attach(config, profile)
  return config
}
