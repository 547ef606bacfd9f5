/** Hooks. Pure. */
import { show } from '../problem.ts'
import type { Config, Hooks } from '../types.ts'
import { each, type Report } from './rule.ts'

const points: ReadonlyArray<keyof Hooks> = [
  'prestart',
  'createRuntime',
  'createContainer',
  'startContainer',
  'poststart',
  'poststop',
]

export const hooks = ({ hooks }: Config, report: Report): void => {
  if (hooks === undefined) return
  for (const point of points) {
    each(hooks[point], `/hooks/${point}`, ({ path }, pointer) => {
      if (path.startsWith('/')) return
      report({ pointer: `${pointer}/path`, expected: 'an absolute path', got: show(path) })
    })
  }
}
