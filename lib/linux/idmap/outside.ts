/** Ids of a container as the host knows them. Pure. user_namespaces(7) */
import type { Config, IdMapping, User } from '../../spec/types.ts'
import { asksForUserNamespace } from '../namespaces/plan.ts'

/** Undefined where it is not mapped. */
export const hostId = (id: number, mappings: readonly IdMapping[]): number | undefined => {
  const mapping = mappings.find(
    ({ containerID, size }) => id >= containerID && id < containerID + size,
  )
  return mapping && mapping.hostID + id - mapping.containerID
}

/** The host's uid of a program; undefined where that is not known. */
export const userOutside = (
  config: Config,
  { uid = 0 }: Pick<User, 'uid'> = {},
): number | undefined =>
  asksForUserNamespace(config) ? hostId(uid, config.linux?.uidMappings ?? []) : uid
