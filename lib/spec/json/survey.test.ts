import t from 'tap'
import { hasDuplicates } from './duplicates.ts'
import { survey } from './survey.ts'

const isTwice = (text: string): boolean => hasDuplicates(text, survey(JSON.parse(text)).properties)

t.test('counts properties at all depths', (t) => {
  const cases: readonly (readonly [value: unknown, properties: number])[] = [
    [null, 0],
    ['a', 0],
    [[], 0],
    [{}, 0],
    [{ a: 'b', c: { d: [{ e: null }, 'f', ['g'], { h: 1, i: true }] } }, 6],
    [JSON.parse('{"__proto__":1,"constructor":2,"toString":3}'), 3],
  ]
  for (const [value, properties] of cases) t.equal(survey(value).properties, properties)
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  t.ok(Number.isNaN(survey(JSON.parse(deep)).properties), 'too deep to tell')
  t.end()
})

t.test('sees numbers that may have been rounded, wherever they stand', (t) => {
  const big = ['9007199254740993', '-9007199254740993', '18446744073709551615', '1e400']
  for (const number of big) {
    for (const text of [number, `[1,${number}]`, `{"a":{"b":["x",${number}]}}`]) {
      t.ok(survey(JSON.parse(text)).mayBeRounded, text)
    }
  }
  const small = ['0', '9007199254740991', '-9007199254740991', '0.1234567890123456789', '"1e400"']
  for (const number of small) t.notOk(survey(JSON.parse(`[${number}]`)).mayBeRounded, number)
  t.end()
})

t.test('finds names that are there twice', (t) => {
  const cases: readonly (readonly [text: string, isTwice: boolean])[] = [
    ['{"a":1,"a":1}', true],
    ['{"a":1,"b":{"a":1}}', false],
    ['[{"a":1},{"a":1}]', false],
    ['{"x":[{"a":1,"b":2,"a":3}]}', true],
    ['{"a":1,"\\u0061":1}', true],
    ['{"__proto__":1,"__proto__":2}', true],
    ['{"a":{"b":1},"a":{"c":1}}', true],
    ['\t{\r\n"a" : 1 ,\n"b":\t[ ]}\n', false],
    ['\t{\r\n"a" : 1 ,\n"a"\n:\t[ ]}\n', true],
  ]
  for (const [text, expected] of cases) t.equal(isTwice(text), expected, text)
  t.end()
})

t.test('is not misled by colons and quotation marks in strings', (t) => {
  const strings = [
    ':',
    '":',
    '\\":',
    '"',
    ' :',
    '" : ',
    ',',
    ', ',
    '{',
    '[:',
    '::',
    'a:b',
    '\\',
    '',
  ]
  for (const name of strings) {
    for (const value of strings) {
      const once = { [name]: value, x: [value, value, { [name]: [value] }], y: { [`${name}!`]: 1 } }
      for (const indent of [0, 2]) {
        const text = JSON.stringify(once, undefined, indent)
        t.notOk(isTwice(text), text)
        t.ok(isTwice(text.replace('"x"', '"y"')), text)
      }
    }
    t.notOk(isTwice(JSON.stringify(name)), 'a string alone')
  }
  t.end()
})
