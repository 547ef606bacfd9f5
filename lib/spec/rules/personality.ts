/** Execution domain: the spec has a list for flags, and no flags yet. Pure. */
import { show } from '../problem.ts'
import type { Config } from '../types.ts'
import { each, type Report } from './rule.ts'

export const personality = ({ linux }: Config, report: Report): void =>
  each(linux?.personality?.flags, '/linux/personality/flags', (flag, pointer) =>
    report({ pointer, expected: 'no flags, the spec defines none', got: show(flag) }),
  )
