/** Rules of the devices cgroup. Pure. */
import { show } from '../problem.ts'
import type { Resources } from '../types.ts'
import { each, type Report } from './rule.ts'

export const deviceRules = ({ devices }: Resources, report: Report): void =>
  each(devices, '/devices', (rule, pointer) => {
    const { type = '', access = '' } = rule
    if (!['', 'a', 'b', 'c'].includes(type)) {
      report({ pointer: `${pointer}/type`, expected: 'one of "a", "b", "c"', got: show(type) })
    }
    if (!/^[rwm]*$/.test(access)) {
      report({ pointer: `${pointer}/access`, expected: 'letters out of "rwm"', got: show(access) })
    }
    for (const name of ['major', 'minor'] as const) {
      const number = rule[name]
      if (number === undefined || (number >= -1 && number <= 0xffffffff)) continue
      const expected = 'a device number, or -1 for all'
      report({ pointer: `${pointer}/${name}`, expected, got: show(number) })
    }
  })
