/** AppArmor on this host. Parent. apparmor(7) */
import { Failure } from '../../failure.ts'
import { hasCode } from '../../sys/error.ts'
import { exists } from '../../sys/host.ts'
import { readTextFile } from '../../sys/text-file.ts'
import { needsKernel } from '../kernel/needs.ts'
import { isLoaded } from './plan.ts'

const ENABLED = '/sys/module/apparmor/parameters/enabled'
const PROFILES = '/sys/kernel/security/apparmor/profiles'

export const hasApparmor = (): boolean => exists(ENABLED) && readTextFile(ENABLED).startsWith('Y')

/** Not mounted in a container, and not everybody's to read. */
const readProfiles = (): string | undefined => {
  try {
    return readTextFile(PROFILES)
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES', 'EPERM')) return undefined
    throw error
  }
}

/** @throws Failure for a profile that would not be applied */
export const checkApparmor = (
  profile: string | undefined,
  enabled = hasApparmor,
  profiles = readProfiles,
): void => {
  if (profile === undefined || profile === '') return
  const pointer = '/process/apparmorProfile'
  if (!enabled()) {
    throw new Failure('apparmor: config provided but apparmor not supported', {
      code: 'NO_APPARMOR',
      pointer,
      hint: needsKernel({ option: 'CONFIG_SECURITY_APPARMOR', boot: 'apparmor=1' }),
    })
  }
  const loaded = profiles()
  if (loaded === undefined || isLoaded(profile, loaded)) return
  throw new Failure(`apparmor: profile ${JSON.stringify(profile)} is not loaded`, {
    code: 'NO_APPARMOR_PROFILE',
    pointer,
    hint: 'load it with apparmor_parser(8), or name one of "aa-status"',
  })
}
