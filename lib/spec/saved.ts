/** Reads the config that `create` has put by. Runs in tsrun; without the rules, which `exec` need not load. */
import { withAnnotations } from './annotations.ts'
import { parseTrusted, present } from './document.ts'
import { nameProfile, nobody, withKnownProfile } from './known.ts'
import type { Config } from './types.ts'

/**
 * It was checked then and is not again: where a later tsrun is stricter, a container of an earlier one still has
 * to be entered, changed and deleted.
 * @throws {Failure} CONFIG_INVALID where it is no JSON
 */
export const parseSavedConfig = (text: string, isKnown = nobody): Config =>
  withKnownProfile(text, isKnown, (rest, { written }) => present(rest, written) as Config) ??
  nameProfile(withAnnotations(parseTrusted(text, 'config.json')), text)
