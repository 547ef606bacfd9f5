/** Names of AppArmor profiles. Pure. apparmor(7) */

/**
 * Whether a profile is among the loaded ones. Stacked (`a//&b`) and namespaced (`:ns:a`) names are the
 * kernel's to resolve.
 * @param loaded lines of apparmorfs' `profiles`: `docker-default (enforce)`
 */
export const isLoaded = (profile: string, loaded: string): boolean =>
  profile === 'unconfined' ||
  /^:|\/\/&/.test(profile) ||
  loaded.split('\n').some((line) => line.replace(/ \(\w+\)$/, '') === profile)
