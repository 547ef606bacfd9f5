/** Cache and memory bandwidth. Pure. The kernel's Documentation/filesystems/resctrl.rst */
import { show } from '../problem.ts'
import type { Config } from '../types.ts'
import { each, type Report } from './rule.ts'

export const intelRdt = ({ linux }: Config, report: Report): void => {
  const { closID, schemata } = linux?.intelRdt ?? {}
  // It becomes a directory of the resctrl file system; `/` is the root, the default class.
  if (closID !== undefined && closID !== '/' && /^\.{0,2}$|[/\n]/.test(closID)) {
    report({
      pointer: '/linux/intelRdt/closID',
      expected: 'a directory name or "/"',
      got: show(closID),
    })
  }
  each(schemata, '/linux/intelRdt/schemata', (line, pointer) => {
    if (line.includes('\n')) report({ pointer, expected: 'one line', got: show(line) })
  })
}
