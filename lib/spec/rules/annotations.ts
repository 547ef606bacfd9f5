/** Annotations have names, and those that mean something have values that can be meant. Pure. */
import { annotationTable, contextTypes, parseFilter, type AnnotationName } from '../annotations.ts'
import { isAbsolute } from '../../path.ts'
import { escapePointer } from '../json/parse.ts'
import { show } from '../problem.ts'
import type { Config } from '../types.ts'
import type { Report } from './rule.ts'

type Kind = (typeof annotationTable)[AnnotationName]

interface Check {
  readonly expected: string
  readonly isRight: (value: string) => boolean
}

const checks: Readonly<Record<Kind, Check>> = {
  path: { expected: 'an absolute path', isRight: isAbsolute },
  // crun takes anything but 1 for no.
  switch: { expected: '1', isRight: () => true },
  context: {
    expected: `one of ${contextTypes.join(', ')}`,
    isRight: (value) => (contextTypes as readonly string[]).includes(value),
  },
  filter: {
    expected: 'at most 4096 instructions of classic BPF in base64',
    isRight: (value) => parseFilter(value) !== undefined,
  },
  refused: { expected: 'nothing: tsrun does not have it', isRight: () => false },
}

export const annotations = ({ annotations = {} }: Config, report: Report): void => {
  if (Object.hasOwn(annotations, '')) {
    report({ pointer: '/annotations/', expected: 'a name that is not empty', got: '""' })
  }
  for (const [name, kind] of Object.entries(annotationTable)) {
    const value = annotations[name]
    if (!value || checks[kind].isRight(value)) continue
    report({
      pointer: `/annotations/${escapePointer(name)}`,
      expected: checks[kind].expected,
      got: show(value),
    })
  }
}
