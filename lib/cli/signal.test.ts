import { constants } from 'node:os'
import t from 'tap'
import { parseSignal } from './signal.ts'

t.test('every signal that Node knows, in every way to write it', (t) => {
  for (const [name, number] of Object.entries(constants.signals)) {
    if (name === 'SIGUNUSED') continue // SYS under a name that libc has dropped
    const short = name.slice(3)
    for (const text of [name, name.toLowerCase(), short, short.toLowerCase(), `${number}`]) {
      t.equal(parseSignal(text), number, text)
    }
  }
  t.end()
})

t.test('realtime signals and the null signal', (t) => {
  const rows: readonly (readonly [string, number])[] = [
    ['SIGRTMIN', 34],
    ['RTMIN+3', 37],
    ['sigrtmin+30', 64],
    ['SIGRTMAX', 64],
    ['RTMAX-14', 50],
    ['37', 37],
    ['64', 64],
    ['0', 0],
  ]
  for (const [text, number] of rows) t.equal(parseSignal(text), number, text)
  t.end()
})

t.test('what is none', (t) => {
  for (const text of [
    '',
    'SIG',
    'FOO',
    'SIGSIGKILL',
    '-9',
    '65',
    '9.5',
    'RTMIN+31',
    'RTMAX-31',
    'KILL ',
  ]) {
    const expected = { message: `unknown signal "${text}"`, code: 'SIGNAL_UNKNOWN' }
    t.throws(() => parseSignal(text), expected, JSON.stringify(text))
  }
  t.end()
})
