/** Every way to break a document in one place, in a fixed order. */
import type { Json } from '../read.ts'
import { escapePointer } from '../../lib/spec/json/parse.ts'

export interface Mutant {
  /** Where it differs from the original. */
  readonly pointer: string
  readonly change: string
  /** What is there now; undefined where a property was taken away or renamed. */
  readonly value: Json | undefined
  readonly document: Json
}

const values: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1.5,
  '',
  'text',
  'RLIMIT_TEST',
  'rshared',
  '64kB',
  'MB:0=1\n',
  [],
  {},
  [0],
  ['text'],
  { text: 'text' },
  { '': 0 },
  1000,
  65_536,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 32,
  2 ** 63,
  2 ** 64,
  -(2 ** 63) - 2048,
]

export function* mutants(document: Json): Generator<Mutant> {
  yield* inside(document, '', (replaced) => replaced)
}

function* inside(json: Json, pointer: string, wrap: (json: Json) => Json): Generator<Mutant> {
  for (const value of values) {
    const change = `is ${JSON.stringify(value)}`
    yield { pointer, change, value, document: wrap(value) }
  }
  if (json === null || typeof json !== 'object') return
  for (const [name, child] of Object.entries(json)) {
    const at = `${pointer}/${escapePointer(name)}`
    const others = Object.entries(json).filter(([other]) => other !== name)
    const rebuild = (entries: readonly (readonly [string, Json])[]): Json =>
      wrap(Array.isArray(json) ? entries.map(([, item]) => item) : Object.fromEntries(entries))
    yield { pointer: at, change: 'is gone', value: undefined, document: rebuild(others) }
    if (!Array.isArray(json)) {
      const renamed = [...others, [`${name}X`, child] as const]
      yield { pointer: at, change: 'is renamed', value: undefined, document: rebuild(renamed) }
    }
    yield* inside(child, at, (replaced) =>
      rebuild(Object.entries(json).map(([n, c]) => [n, n === name ? replaced : c])),
    )
  }
}
