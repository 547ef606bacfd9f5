/** Network devices that move into the container. Pure. netdevice(7) */
import { escapePointer } from '../json/parse.ts'
import { show } from '../problem.ts'
import type { Config } from '../types.ts'
import { addNamespace, namespaceOf } from './namespaces.ts'
import type { Report } from './rule.ts'

/** IFNAMSIZ of the kernel, with the NUL at its end. */
const maxName = 16

const isName = (name: string): boolean =>
  name !== '.' && name !== '..' && /^[^\s/:]+$/.test(name) && Buffer.byteLength(name) < maxName

export const netDevices = ({ linux }: Config, report: Report): void => {
  const inside = new Set<string>()
  for (const [outside, device] of Object.entries(linux?.netDevices ?? {})) {
    const pointer = `/linux/netDevices/${escapePointer(outside)}`
    const name = device.name || outside
    const expected = `a device name of at most ${maxName - 1} bytes without spaces, "/" and ":"`
    if (!isName(outside)) report({ pointer, expected, got: show(outside) })
    else if (!isName(name)) report({ pointer: `${pointer}/name`, expected, got: show(name) })
    if (inside.has(name)) {
      report({ pointer, expected: 'a name of its own inside', got: `${show(name)} again` })
    }
    if (!name.includes('%d')) inside.add(name)
  }
}

export const netDevicesNamespace = (config: Config, report: Report): void => {
  if (Object.keys(config.linux?.netDevices ?? {}).length === 0) return
  if (namespaceOf(config, 'network') !== undefined) return
  report({
    pointer: '/linux/netDevices',
    expected: 'a network namespace for them',
    got: 'none',
    hint: addNamespace('network'),
  })
}
