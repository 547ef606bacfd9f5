/** Namespaces, and the names that need one. Pure. namespaces(7) */
import { show } from '../problem.ts'
import type { Config, Namespace, NamespaceType } from '../types.ts'
import { each, type Report } from './rule.ts'

/** The entry for a namespace of the container's own, new or joined; undefined if it shares tsrun's. */
export const namespaceOf = ({ linux }: Config, type: NamespaceType): Namespace | undefined => {
  // a loop: Bun compiles `find` at its first call, which costs more than all of these rules
  for (const namespace of linux?.namespaces ?? []) if (namespace?.type === type) return namespace
  return undefined
}

/** An empty path is no path: that is how Go programs write it. */
export const isJoined = (namespace: Namespace | undefined): boolean =>
  namespace?.path !== undefined && namespace.path !== ''

export const addNamespace = (type: NamespaceType): string =>
  `add {"type": "${type}"} to /linux/namespaces`

export const namespaces = ({ linux }: Config, report: Report): void => {
  const seen = new Set<NamespaceType>()
  each(linux?.namespaces, '/linux/namespaces', ({ type, path = '' }, pointer) => {
    if (seen.has(type)) {
      report({ pointer: `${pointer}/type`, expected: 'each type once', got: `${show(type)} again` })
    }
    seen.add(type)
    if (path !== '' && !path.startsWith('/')) {
      report({ pointer: `${pointer}/path`, expected: 'an absolute path', got: show(path) })
    }
  })
}

/** __NEW_UTS_LEN of the kernel, in bytes. */
const maxNameLength = 64

const utsName =
  (property: 'hostname' | 'domainname') =>
  (config: Config, report: Report): void => {
    const name = config[property]
    if (name === undefined || name === '') return
    const pointer = `/${property}`
    if (namespaceOf(config, 'uts') === undefined) {
      report({
        pointer,
        expected: `a uts namespace for the ${property}`,
        got: 'none, which would rename the host',
        hint: addNamespace('uts'),
      })
    }
    if (name.length * 3 > maxNameLength && Buffer.byteLength(name) > maxNameLength) {
      report({ pointer, expected: `at most ${maxNameLength} bytes`, got: show(name) })
    }
  }

export const hostname = utsName('hostname')
export const domainname = utsName('domainname')
