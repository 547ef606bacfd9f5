/** AppArmor's profile of the container's program: calls for the stub. Pure. aa_change_onexec(2) */
import type { StubCall } from '../../stub/table.ts'
import { attributeCalls, type AttributePlace } from '../attributes/plan.ts'

export interface ApparmorPlace extends AttributePlace {
  /** Whether the kernel has files for AppArmor alone, Linux 5.8; else another module may own `exec`. */
  readonly hasOwnFiles: boolean
}

/** In force from the stub's next execve(2) on, which is the program's. */
export const apparmorCalls = (
  profile: string | undefined,
  place: ApparmorPlace,
): readonly StubCall[] =>
  profile === undefined || profile === ''
    ? []
    : attributeCalls(
        {
          file: place.hasOwnFiles ? 'apparmor/exec' : 'exec',
          value: `exec ${profile}`,
          doing: `apply AppArmor profile ${profile}`,
          pointer: '/process/apparmorProfile',
        },
        place,
      )

/**
 * Whether a profile is among the loaded ones. Stacked (`a//&b`) and namespaced (`:ns:a`) names are the
 * kernel's to resolve.
 * @param loaded lines of apparmorfs' `profiles`: `docker-default (enforce)`
 */
export const isLoaded = (profile: string, loaded: string): boolean =>
  profile === 'unconfined' ||
  /^:|\/\/&/.test(profile) ||
  loaded.split('\n').some((line) => line.replace(/ \(\w+\)$/, '') === profile)
