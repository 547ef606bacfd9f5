/** Device files. Pure. mknod(2) */
import { show } from '../problem.ts'
import type { Config, Device } from '../types.ts'
import { each, type Report } from './rule.ts'

/** MINORBITS of the kernel is 20, the rest of its 32 bits are the major number's. */
const numbers = [
  ['major', 2 ** 12],
  ['minor', 2 ** 20],
] as const

const identity = ({ type, major = 0, minor = 0 }: Device): string =>
  type === 'p' ? 'a FIFO' : `${type === 'b' ? 'block' : 'character'} device ${major}:${minor}`

export const devices = ({ linux }: Config, report: Report): void => {
  const seen = new Map<string, string>()
  each(linux?.devices, '/linux/devices', (device, pointer) => {
    const { path, type } = device
    if (path === '') report({ pointer: `${pointer}/path`, expected: 'a path', got: '""' })
    for (const [name, limit] of numbers) {
      const number = device[name]
      if (type === 'p') continue
      if (number === undefined) {
        report({ pointer, expected: `the property "${name}"`, hint: 'only a FIFO has no numbers' })
      } else if (number < 0 || number >= limit) {
        report({ pointer: `${pointer}/${name}`, expected: `0 to ${limit - 1}`, got: show(number) })
      }
    }
    const before = seen.get(path)
    const now = identity(device)
    if (before !== undefined && before !== now) {
      report({
        pointer: `${pointer}/path`,
        expected: `${path} once`,
        got: `${now} after ${before}`,
      })
    }
    seen.set(path, now)
  })
}
