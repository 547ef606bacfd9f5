/** `--version`: moby reads the name, the version and the commit from these lines. */
import manifest from '../../package.json' with { type: 'json' }

/** Set by the build; absent when the sources run under Node. */
declare const TSRUN_COMMIT: string | undefined

export const version = manifest.version

export const commit = typeof TSRUN_COMMIT === 'undefined' ? 'unknown' : TSRUN_COMMIT

/** The newest runtime-spec that is implemented. */
export const specVersion = '1.3.0'

export const versionText = (): string =>
  `tsrun version ${version}\ncommit: ${commit}\nspec: ${specVersion}\n`
