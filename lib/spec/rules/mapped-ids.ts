/** Ids that have to exist in the container's new user namespace. Pure. user_namespaces(7) */
import type { Config, IdMapping } from '../types.ts'
import { isJoined, namespaceOf } from './namespaces.ts'
import { each, type Report } from './rule.ts'

type Kind = 'uid' | 'gid'

const isMapped = (id: number, mappings: readonly IdMapping[]): boolean => {
  for (const mapping of mappings) {
    if (!mapping) continue
    if (id >= mapping.containerID && id < mapping.containerID + mapping.size) return true
  }
  return false
}

/** `gid=5` → 5 */
const idIn = (option: string, kind: Kind): number | undefined =>
  option.startsWith(`${kind}=`) ? Number(option.slice(kind.length + 1)) : undefined

export const mappedIds = (config: Config, report: Report): void => {
  const namespace = namespaceOf(config, 'user')
  if (namespace === undefined || isJoined(namespace)) return
  const { linux = {}, process, mounts } = config
  const mappings = { uid: linux.uidMappings ?? [], gid: linux.gidMappings ?? [] }
  const check = (kind: Kind, id: number | undefined, pointer: string): void => {
    if (id === undefined || isMapped(id, mappings[kind])) return
    // Mappings without id 0 are complained about as a whole.
    if (!isMapped(0, mappings[kind])) return
    report({
      pointer,
      expected: `a ${kind} that is mapped in the container's user namespace`,
      got: String(id),
      hint: `add a range with ${id} to linux.${kind}Mappings, or use an id that is in one`,
    })
  }
  check('uid', process?.user?.uid, '/process/user/uid')
  check('gid', process?.user?.gid, '/process/user/gid')
  each(process?.user?.additionalGids, '/process/user/additionalGids', (gid, at) =>
    check('gid', gid, at),
  )
  each(mounts, '/mounts', ({ type, options }, pointer) => {
    if (type !== 'devpts' && type !== 'tmpfs') return
    each(options, `${pointer}/options`, (option, at) => {
      check('uid', idIn(option, 'uid'), at)
      check('gid', idIn(option, 'gid'), at)
    })
  })
}
