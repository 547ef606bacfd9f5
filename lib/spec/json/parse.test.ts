import t from 'tap'
import { JsonFault, parsePositioned } from './parse.ts'
import { placeOf } from './place.ts'

t.test('reads what JSON.parse reads', (t) => {
  const texts = [
    'null',
    ' true ',
    '"a\\u00e9\\n\\\\"',
    '"\\ud800"',
    '-0',
    '1e3',
    '1.50',
    '1e400',
    '{}',
    '[]',
    '[1,[2,{"a":[3]}],"x"]',
    '{"a":{"b":"c:d"},"e":["\\"", "f"]}',
    '{"__proto__":1,"constructor":2,"toString":3}',
    '\t{\r\n"a" : 1 ,\n"b":\t[ ]}\n',
  ]
  for (const text of texts) {
    const { value, duplicates } = parsePositioned(text)
    const expected: unknown = JSON.parse(text)
    t.same(value, expected, text)
    t.equal(JSON.stringify(value), JSON.stringify(expected))
    t.same(duplicates, [])
  }
  t.end()
})

t.test('rounds no integer', (t) => {
  const cases: readonly (readonly [text: string, value: number | bigint])[] = [
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', 9007199254740993n],
    ['-9223372036854775808', -9223372036854775808n],
    ['18446744073709551615', 18446744073709551615n],
    ['1e17', 1e17],
    ['12345678901234567890.0', 12345678901234567000],
  ]
  for (const [text, value] of cases) t.equal(parsePositioned(text).value, value, text)
  t.end()
})

t.test('refuses what JSON.parse refuses, and says where', (t) => {
  const cases: readonly (readonly [text: string, offset: number, hint?: RegExp])[] = [
    ['', 0, /too early/],
    ['{"a":1,}', 7, /comma/],
    ['[1,]', 3, /comma/],
    ["{'a':1}", 1, /double quotes/],
    ['{"a":1 "b":2}', 7],
    ['{"a" 1}', 5],
    ['{"a":1', 6, /too early/],
    ['["a', 1],
    ['["a\nb"]', 1],
    ['["\\x"]', 1],
    ['[01]', 1],
    ['[1.]', 1],
    ['[+1]', 1],
    ['[NaN]', 1],
    ['[truely]', 1],
    ['{} {}', 3],
    ['// x\n{}', 0, /comments/],
    ['\ufeff{}', 0, /byte order mark/],
    ['[1]\0', 3],
  ]
  for (const [text, offset, hint] of cases) {
    t.throws(() => JSON.parse(text), text)
    try {
      parsePositioned(text)
      t.fail(`accepts ${text}`)
    } catch (error) {
      t.ok(error instanceof JsonFault, text)
      t.equal((error as JsonFault).offset, offset, text)
      if (hint) t.match((error as JsonFault).hint, hint)
    }
  }
  t.end()
})

t.test('refuses texts that would overflow a stack', (t) => {
  t.doesNotThrow(() => parsePositioned('['.repeat(500) + ']'.repeat(500)))
  t.throws(() => parsePositioned('['.repeat(1_000_000)), {
    message: 'at most 500 levels of nesting',
  })
  t.throws(() => parsePositioned('{"a":'.repeat(1_000_000)), {
    message: 'at most 500 levels of nesting',
  })
  t.end()
})

t.test('finds names that are there twice', (t) => {
  const cases: readonly (readonly [text: string, pointers: readonly string[]])[] = [
    ['{"a":1,"a":1}', ['/a']],
    ['{"a":1,"b":{"a":1}}', []],
    ['[{"a":1},{"a":1}]', []],
    ['{"x":[{"a":1,"b":2,"a":3}]}', ['/x/0/a']],
    ['{"a":1,"\\u0061":1}', ['/a']],
    ['{"__proto__":1,"__proto__":2}', ['/__proto__']],
    ['{"a/b":1,"a/b":1,"a/b":1}', ['/a~1b', '/a~1b']],
    ['{"a":{"b":1},"a":{"c":1}}', ['/a']],
  ]
  for (const [text, pointers] of cases) {
    const found = parsePositioned(text).duplicates.map(({ pointer }) => pointer)
    t.same(found, pointers, text)
  }
  t.end()
})

t.test('knows where everything stands', (t) => {
  const text = '{\n  "a": [1, {"b/c": "ü", "d": 5}],\n  "": 7\n}'
  const { offsetOf } = parsePositioned(text)
  const cases: readonly (readonly [pointer: string, line: number, column: number])[] = [
    ['', 1, 1],
    ['/a', 2, 8],
    ['/a/0', 2, 9],
    ['/a/1', 2, 12],
    ['/a/1/b~1c', 2, 20],
    ['/a/1/d', 2, 30],
    ['/a/1/gone/deep', 2, 12],
    ['/a/9', 2, 8],
    ['/', 3, 7],
  ]
  for (const [pointer, line, column] of cases) {
    t.same(placeOf(text, offsetOf(pointer)), { line, column }, pointer)
  }
  t.end()
})
