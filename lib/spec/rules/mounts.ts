/** Mounts. Which options there are is the business of the mounts themselves. Pure. */
import { show } from '../problem.ts'
import type { Config, Mount } from '../types.ts'
import { ranges } from './id-mappings.ts'
import { addNamespace, namespaceOf } from './namespaces.ts'
import { each, type Report } from './rule.ts'

const has = ({ options }: Mount, ...names: readonly string[]): boolean =>
  options !== undefined && names.some((name) => options.includes(name))

export const mounts = ({ mounts }: Config, report: Report): void =>
  each(mounts, '/mounts', (mount, pointer) => {
    const { destination, type = '', uidMappings, gidMappings } = mount
    if (destination === '') {
      report({ pointer: `${pointer}/destination`, expected: 'a path', got: '""' })
    }
    if (type === '' && !has(mount, 'bind', 'rbind', 'remount')) {
      report({
        pointer,
        expected: 'the property "type"',
        hint: `for ${show(mount.source ?? '/host/path')} on the host add "options": ["bind"]`,
      })
    }
    if ((uidMappings === undefined) !== (gidMappings === undefined)) {
      const missing = uidMappings ? 'gidMappings' : 'uidMappings'
      report({ pointer, expected: `the property "${missing}" too`, got: 'only one of the two' })
    }
    ranges(uidMappings, `${pointer}/uidMappings`, report)
    ranges(gidMappings, `${pointer}/gidMappings`, report)
  })

/** Without mappings of its own, an id-mapped mount has those of the container. */
export const mountMappings = (config: Config, report: Report): void => {
  const user = namespaceOf(config, 'user')
  each(config.mounts, '/mounts', (mount, pointer) => {
    if (user !== undefined || !has(mount, 'idmap', 'ridmap')) return
    if (mount.uidMappings?.length && mount.gidMappings?.length) return
    report({
      pointer: `${pointer}/options`,
      expected: 'mappings for idmap',
      got: 'none, nor a user namespace with some',
      hint: `add uidMappings and gidMappings to the mount, or ${addNamespace('user')}`,
    })
  })
}
