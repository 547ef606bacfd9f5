import { posix } from 'node:path'
import t from 'tap'
import { basename, dirname, isAbsolute, join, normalize, resolve } from './path.ts'

const ours = { basename, dirname, isAbsolute, join, normalize, resolve }

const parts = [
  '',
  '.',
  '..',
  '/',
  'a',
  'b.c',
  '/a',
  'a/',
  '//',
  'a//b',
  '../..',
  './x/../y',
  '/..',
  '...',
]
const pairs = parts.flatMap((a) => parts.map((b) => [a, b] as const))
const paths = [...parts, ...pairs.map(([a, b]) => `${a}/${b}`), ...pairs.map(([a, b]) => a + b)]

/** Both answers under the same label, so that one comparison shows all that differ. */
const table = (
  path: typeof ours | typeof posix,
  rows: readonly (readonly string[])[],
  name: 'join' | 'resolve',
): readonly string[] => rows.map((row) => `${name} ${JSON.stringify(row)} → ${path[name](...row)}`)

t.test('one path: as node:path', (t) => {
  for (const name of ['normalize', 'basename', 'isAbsolute'] as const) {
    t.same(
      paths.map((path) => [path, ours[name](path)]),
      paths.map((path) => [path, posix[name](path)]),
      name,
    )
  }
  t.same(
    paths.map((path) => [path, ours.dirname(path)]),
    // Node keeps doubled slashes: dirname('a//b') is 'a/'.
    paths.map((path) => [path, posix.dirname(path.replace(/\/+/g, '/'))]),
    'dirname',
  )
  t.end()
})

t.test('several paths: as node:path', (t) => {
  const rows = [[], ...pairs, ...pairs.map((pair) => ['/x', ...pair])]
  for (const name of ['join', 'resolve'] as const) {
    t.same(table(ours, rows, name), table(posix, rows, name), name)
  }
  t.end()
})
