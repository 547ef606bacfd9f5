/** AppArmor's profile of the container's program. Parent. apparmor(7) */
import { Failure } from '../../failure.ts'
import { exists } from '../../sys/host.ts'
import { readTextFile } from '../../sys/text-file.ts'

const ENABLED = '/sys/module/apparmor/parameters/enabled'

export const hasApparmor = (): boolean => exists(ENABLED) && readTextFile(ENABLED).startsWith('Y')

/** @throws Failure for a profile that would not be applied */
export const checkApparmor = (profile: string | undefined): void => {
  if (profile === undefined || profile === '') return
  throw new Failure(
    hasApparmor()
      ? 'apparmor: profiles are not implemented'
      : 'apparmor: config provided but apparmor not supported',
    { code: 'NO_APPARMOR', pointer: '/process/apparmorProfile' },
  )
}
