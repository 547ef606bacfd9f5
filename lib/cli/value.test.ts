import t from 'tap'
import { parseBoolean, parseDuration, parseInteger } from './value.ts'

t.test('booleans', (t) => {
  for (const text of ['1', 't', 'T', 'true', 'True', 'TRUE'])
    t.equal(parseBoolean(text), true, text)
  for (const text of ['0', 'f', 'F', 'false', 'False', 'FALSE'])
    t.equal(parseBoolean(text), false, text)
  for (const text of ['', 'yes', 'tRUE', 'toString']) t.equal(parseBoolean(text), undefined, text)
  t.end()
})

t.test('integers', (t) => {
  const rows: readonly (readonly [string, number | undefined])[] = [
    ['0', 0],
    ['7', 7],
    ['-1', -1],
    ['+1', 1],
    ['0x1F', 31],
    ['-0x1f', -31],
    ['0b101', 5],
    ['0o17', 15],
    ['017', 15],
    ['08', undefined],
    ['', undefined],
    ['x', undefined],
    ['1.5', undefined],
    ['1e3', undefined],
    [' 1', undefined],
    ['9007199254740993', undefined],
  ]
  for (const [text, expected] of rows) t.equal(parseInteger(text), expected, JSON.stringify(text))
  t.end()
})

t.test('durations', (t) => {
  const rows: readonly (readonly [string, number | undefined])[] = [
    ['0', 0],
    ['5s', 5000],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['100ms', 100],
    ['1us', 0.001],
    ['-2s', -2000],
    ['.5s', 500],
    ['5', undefined],
    ['', undefined],
    ['s', undefined],
    ['5 s', undefined],
    ['5d', undefined],
  ]
  for (const [text, expected] of rows) t.equal(parseDuration(text), expected, JSON.stringify(text))
  t.end()
})
