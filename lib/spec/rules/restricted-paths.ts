/** Masked and read-only paths. Pure. */
import { show } from '../problem.ts'
import type { Config } from '../types.ts'
import { addNamespace, namespaceOf } from './namespaces.ts'
import { each, type Report } from './rule.ts'

const lists = ['maskedPaths', 'readonlyPaths'] as const

const absolute =
  (list: (typeof lists)[number]) =>
  ({ linux }: Config, report: Report): void =>
    each(linux?.[list], `/linux/${list}`, (path, pointer) => {
      if (!path.startsWith('/')) report({ pointer, expected: 'an absolute path', got: show(path) })
    })

export const maskedPaths = absolute('maskedPaths')
export const readonlyPaths = absolute('readonlyPaths')

/** They are mounts: in the host's mount namespace they would hide the host's files. */
export const restrictedPathsNamespace = (config: Config, report: Report): void => {
  if (namespaceOf(config, 'mount') !== undefined) return
  for (const list of lists) {
    if (!config.linux?.[list]?.length) continue
    report({
      pointer: `/linux/${list}`,
      expected: 'a mount namespace for them',
      got: 'none',
      hint: addNamespace('mount'),
    })
  }
}
