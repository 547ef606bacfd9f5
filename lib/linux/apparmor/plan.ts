/** AppArmor's profile of the container's program. Pure. aa_change_onexec(2) */
import type { Attribute } from '../attributes/plan.ts'

/**
 * In force from the next execve(2) on, which is the program's.
 * @param hasOwnFiles whether the kernel has files for AppArmor alone, Linux 5.8; else another module may
 *   own `exec`
 */
export const apparmorAttributes = (
  profile: string | undefined,
  hasOwnFiles: boolean,
): readonly Attribute[] =>
  profile === undefined || profile === ''
    ? []
    : [
        {
          file: hasOwnFiles ? 'apparmor/exec' : 'exec',
          value: `exec ${profile}`,
          doing: `apply AppArmor profile ${profile}`,
          pointer: '/process/apparmorProfile',
        },
      ]

/**
 * Whether a profile is among the loaded ones. Stacked (`a//&b`) and namespaced (`:ns:a`) names are the
 * kernel's to resolve.
 * @param loaded lines of apparmorfs' `profiles`: `docker-default (enforce)`
 */
export const isLoaded = (profile: string, loaded: string): boolean =>
  profile === 'unconfined' ||
  /^:|\/\/&/.test(profile) ||
  loaded.split('\n').some((line) => line.replace(/ \(\w+\)$/, '') === profile)
