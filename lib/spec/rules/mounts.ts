/** Mounts. Which options there are is the business of the mounts themselves. Pure. */
import { show } from '../problem.ts'
import type { Config, Mount } from '../types.ts'
import { ranges } from './id-mappings.ts'
import { addNamespace, namespaceOf } from './namespaces.ts'
import { each, type Report } from './rule.ts'

const needsNoType = ({ options = [] }: Mount): boolean =>
  options.includes('bind') || options.includes('rbind') || options.includes('remount')

const isIdMapped = ({ options = [] }: Mount): boolean =>
  options.includes('idmap') || options.includes('ridmap')

export const mounts = ({ mounts }: Config, report: Report): void =>
  each(mounts, '/mounts', (mount, pointer) => {
    const { destination, type = '', uidMappings, gidMappings } = mount
    if (destination === '') {
      report({ pointer: `${pointer}/destination`, expected: 'a path', got: '""' })
    }
    if (type === '' && !needsNoType(mount)) {
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
  if (namespaceOf(config, 'user') !== undefined) return
  each(config.mounts, '/mounts', (mount, pointer) => {
    if (!isIdMapped(mount)) return
    if (mount.uidMappings?.length && mount.gidMappings?.length) return
    report({
      pointer: `${pointer}/options`,
      expected: 'mappings for idmap',
      got: 'none, nor a user namespace with some',
      hint: `add uidMappings and gidMappings to the mount, or ${addNamespace('user')}`,
    })
  })
}
