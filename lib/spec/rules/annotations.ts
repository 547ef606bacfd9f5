/** Annotations have names. Pure. */
import type { Config } from '../types.ts'
import type { Report } from './rule.ts'

export const annotations = ({ annotations }: Config, report: Report): void => {
  if (annotations !== undefined && Object.hasOwn(annotations, '')) {
    report({ pointer: '/annotations/', expected: 'a name that is not empty', got: '""' })
  }
}
