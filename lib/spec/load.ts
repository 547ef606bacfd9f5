/** Reads and checks config.json, and the documents of `exec` and `update`. Runs in tsrun. */
import { withAnnotations } from './annotations.ts'
import { Failure } from '../failure.ts'
import { join } from '../path.ts'
import { hasCode } from '../sys/error.ts'
import { accepted, parseDocument, type DocumentKind } from './document.ts'
import { parsePositioned } from './json/parse.ts'
import { placeOf, type Place } from './json/place.ts'
import { nameProfile, nobody, withKnownProfile } from './known.ts'
import { readDocument } from './read-document.ts'
import { configRules } from './rules/config.ts'
import { processRules } from './rules/process.ts'
import { resourceRules } from './rules/resources.ts'
import type { Config, Process, Resources } from './types.ts'
import { isConfig, isProcess, isResources } from './validate.js'

const fileName = 'config.json'

/**
 * The text of the bundle's config.json.
 * @throws {Failure} CONFIG_MISSING; CONFIG_INVALID where it is no text
 */
export const readConfig = (bundle: string): string => {
  const path = join(bundle, fileName)
  try {
    return readDocument(path, fileName)
  } catch (error) {
    if (error instanceof Failure) throw error
    if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw new Failure(`read ${path}`, { cause: error })
    throw new Failure(`JSON specification file ${fileName} not found`, {
      code: 'CONFIG_MISSING',
      hint: `there is none in ${bundle}: \`tsrun spec\` writes one to start from`,
    })
  }
}

const configKind: DocumentKind<Config> = { name: 'Config', isValid: isConfig, rules: configRules }

/**
 * The container that the text asks for. Integers that a double cannot hold are bigints.
 * @param isKnown of profiles that were part of a good config before
 * @throws {Failure} CONFIG_INVALID with all that is wrong with it and where
 */
export const parseConfig = (text: string, isKnown = nobody): Config =>
  withKnownProfile(text, isKnown, (rest, reading) => accepted(rest, reading, configKind)) ??
  nameProfile(withAnnotations(parseDocument(text, fileName, configKind)), text)

/** For `exec --process FILE`. @throws {Failure} CONFIG_INVALID */
export const parseProcess = (text: string, file: string): Process =>
  parseDocument(text, file, { name: 'Process', isValid: isProcess, rules: processRules })

/** For `update --resources FILE`. @throws {Failure} CONFIG_INVALID */
export const parseResources = (text: string, file: string): Resources =>
  parseDocument(text, file, { name: 'Resources', isValid: isResources, rules: resourceRules })

/**
 * Where a setting stands in the bundle's config.json; undefined if the file cannot be read (any more).
 * For errors that come up long after the file was checked.
 */
export const locate = (bundle: string, pointer: string): Place | undefined => {
  try {
    const text = readDocument(join(bundle, fileName), fileName)
    return placeOf(text, parsePositioned(text).offsetOf(pointer))
  } catch {
    return undefined
  }
}
