/** The root filesystem: the prose requires it on Linux, the schema is for all systems. Pure. */
import type { Config } from '../types.ts'
import type { Report } from './rule.ts'

export const root = ({ root }: Config, report: Report): void => {
  if (root === undefined) {
    report({
      pointer: '/root',
      expected: 'the property "root"',
      hint: 'name the directory: "root": {"path": "rootfs"}',
    })
  } else if (root.path === '') {
    report({
      pointer: '/root/path',
      expected: 'a directory',
      got: '""',
      hint: 'the bundle itself is "."',
    })
  }
}
