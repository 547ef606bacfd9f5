/** The process, as config.json and `exec --process` give it; pointers start at it. Pure. */
import { show } from '../problem.ts'
import type { Process } from '../types.ts'
import { rlimits } from './rlimits.ts'
import { ioPriority, scheduler } from './scheduling.ts'
import { each, type Report, type Rule } from './rule.ts'
import { user } from './user.ts'

const args = ({ args }: Process, report: Report): void => {
  if (args !== undefined && args.length > 0) return
  report({
    pointer: args ? '/args' : '',
    expected: args ? 'a program and its arguments' : 'the property "args"',
    got: args && '[]',
    hint: 'name the program: "args": ["sh"]',
  })
}

const cwd = ({ cwd }: Process, report: Report): void => {
  if (cwd === undefined || cwd.startsWith('/')) return
  report({ pointer: '/cwd', expected: 'an absolute path', got: show(cwd) })
}

/** What putenv(3) and every shell take for a variable. */
const env = ({ env }: Process, report: Report): void =>
  each(env, '/env', (entry, pointer) => {
    if (entry.indexOf('=') > 0) return
    report({ pointer, expected: 'NAME=value', got: show(entry) })
  })

export const processRules: ReadonlyArray<Rule<Process>> = [
  { check: args },
  { check: cwd },
  { about: ['env'], check: env },
  { about: ['user'], check: user },
  { about: ['rlimits'], check: rlimits },
  { about: ['scheduler'], check: scheduler },
  { about: ['ioPriority'], check: ioPriority },
]
