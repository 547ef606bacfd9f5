/** Ranges of ids of user namespaces. Pure. user_namespaces(7) */
import type { Config, IdMapping } from '../types.ts'
import { isJoined, namespaceOf } from './namespaces.ts'
import { each, type Report } from './rule.ts'

/** UID_GID_MAP_MAX_EXTENTS of the kernel. */
const maxRanges = 340

const end = 0x1_0000_0000

const overlaps = (a: number, sizeA: number, b: number, sizeB: number): boolean =>
  a < b + sizeB && b < a + sizeA

/** What the kernel asks of one uid_map or gid_map. */
export const ranges = (
  mappings: readonly IdMapping[] | undefined,
  pointer: string,
  report: Report,
): void => {
  const before: IdMapping[] = []
  if (mappings !== undefined && mappings.length > maxRanges) {
    // Each is compared with all others below: with thousands that takes seconds.
    return report({
      pointer,
      expected: `at most ${maxRanges} ranges`,
      got: String(mappings.length),
    })
  }
  each(mappings, pointer, (mapping, at) => {
    const { size } = mapping
    if (size === 0) report({ pointer: `${at}/size`, expected: 'at least 1', got: '0' })
    for (const side of ['containerID', 'hostID'] as const) {
      const first = mapping[side]
      if (first + size > end) {
        report({
          pointer: at,
          expected: 'ids below 4294967296',
          got: `${side} ${first}, size ${size}`,
        })
      }
      if (before.some((other) => overlaps(first, size, other[side], other.size))) {
        const got = `${first} to ${first + size - 1} again`
        report({ pointer: `${at}/${side}`, expected: 'each id in one range', got })
      }
    }
    before.push(mapping)
  })
}

/** A new user namespace without mappings could run nothing: every id in it would be nobody's. */
export const idMappings = (config: Config, report: Report): void => {
  const user = namespaceOf(config, 'user')
  for (const name of ['uidMappings', 'gidMappings'] as const) {
    const pointer = `/linux/${name}`
    const mappings = config.linux?.[name] ?? []
    ranges(mappings, pointer, report)
    if (user === undefined || isJoined(user)) continue
    if (!mappings.some((mapping) => mapping?.containerID === 0 && mapping.size > 0)) {
      report({
        pointer,
        expected: 'a mapping of id 0 for the new user namespace',
        got: mappings.length === 0 ? 'no mappings' : 'none',
        hint: `for example "${name}": [{"containerID": 0, "hostID": 100000, "size": 65536}]`,
      })
    }
  }
}
