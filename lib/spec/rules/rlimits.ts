/** Resource limits. Pure. setrlimit(2) */
import { show } from '../problem.ts'
import type { Process } from '../types.ts'
import { each, type Report } from './rule.ts'

export const rlimits = ({ rlimits }: Process, report: Report): void => {
  const seen = new Set<string>()
  each(rlimits, '/rlimits', ({ type, soft, hard }, pointer) => {
    if (seen.has(type)) {
      report({ pointer: `${pointer}/type`, expected: 'each type once', got: `${show(type)} again` })
    }
    seen.add(type)
    if (soft > hard) {
      report({
        pointer: `${pointer}/soft`,
        expected: `at most the hard limit ${hard}`,
        got: `${soft}`,
      })
    }
  })
}
