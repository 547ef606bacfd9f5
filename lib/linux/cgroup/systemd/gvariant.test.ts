import t from 'tap'
import { parseVariant } from './gvariant.ts'

t.test('values', async (t) => {
  for (const [text, signature, value] of [
    [`'it\\'s'`, 's', `it's`],
    ['"a"', 's', 'a'],
    ['true', 'b', true],
    ['-5', 'i', -5n],
    ['0x10', 'i', 16n],
    ['1.5', 'd', 1.5],
    ['uint64 18446744073709551615', 't', 18446744073709551615n],
    ['double 3', 'd', 3],
    ['byte 7', 'y', 7n],
    ['@t 7', 't', 7n],
    [`['a', 'b']`, 'as', ['a', 'b']],
    ['@as []', 'as', []],
    ['[uint32 1, 2]', 'au', [1n, 2n]],
    [`('a', true)`, '(sb)', ['a', true]],
    [
      `@a(st) [('/dev/sda', 5), ('/dev/sdb', 6)]`,
      'a(st)',
      [
        ['/dev/sda', 5n],
        ['/dev/sdb', 6n],
      ],
    ],
  ] as const) {
    t.same(parseVariant(text), { signature, value }, text)
  }
})

t.test('what cannot be read', async (t) => {
  for (const text of [
    '',
    'abc',
    `'a`,
    '[',
    '[]',
    `['a' 'b']`,
    '5 6',
    'uint32',
    ')',
    'uint32 1.5',
  ]) {
    t.throws(() => parseVariant(text), SyntaxError, text)
  }
})
