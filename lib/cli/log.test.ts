import { execFileSync } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import t from 'tap'
import { debug, logTo, warn } from '../log.ts'
import { O_NONBLOCK } from '../sys/flags/open.ts'
import { openLog } from './log.ts'

t.afterEach(() => logTo(undefined, { debug: false }))

const fields = { code: 'X', stage: 'create', pointer: undefined, errno: 1 }

interface Row {
  readonly what: string
  readonly format: string
  readonly debug?: boolean
  readonly act: (log: ReturnType<typeof openLog>) => void
  /** Lines of the file, times cut out. */
  readonly lines: readonly string[]
}

const error = '{"level":"error","msg":"m \\"q\\"","time":"T","code":"X","stage":"create","errno":1'

const rows: readonly Row[] = [
  { what: 'nothing on success', format: 'json', act: (log) => log.succeed(), lines: [] },
  {
    what: 'one object on failure',
    format: 'json',
    act: (log) => log.fail('m "q"', fields),
    lines: [`${error}}`],
  },
  {
    what: 'still one object when there were warnings',
    format: 'json',
    act: (log) => {
      warn('w1')
      warn('w2')
      debug(() => 'never')
      log.fail('m "q"', fields)
    },
    lines: [`${error},"warnings":["w1","w2"]}`],
  },
  {
    what: 'warnings of a command that succeeded',
    format: 'json',
    act: (log) => {
      warn('w1')
      log.succeed()
    },
    lines: ['{"level":"warning","msg":"w1","time":"T"}'],
  },
  {
    what: 'lines as they come with --debug',
    format: 'json',
    debug: true,
    act: (log) => {
      debug(() => 'd')
      warn('w')
      log.fail('m "q"', fields)
    },
    lines: [
      '{"level":"debug","msg":"d","time":"T"}',
      '{"level":"warning","msg":"w","time":"T"}',
      `${error}}`,
    ],
  },
  {
    what: 'text',
    format: 'text',
    act: (log) => {
      warn('w')
      log.fail('m "q"', { ...fields, hint: 'do it\nbetter' })
    },
    lines: [
      'time="T" level=warning msg="w"',
      'time="T" level=error msg="m \\"q\\"" code=X stage=create errno=1 hint="do it\\nbetter"',
    ],
  },
]

t.test('the file', (t) => {
  for (const { what, format, debug = false, act, lines } of rows) {
    const file = `${t.testdir({ log: 'before\n' })}/log`
    act(openLog({ file, format, debug }))
    const text = readFileSync(file, 'utf8').replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'T')
    t.same(text.split('\n').slice(0, -1), ['before', ...lines], what)
  }
  t.end()
})

t.test('faults', (t) => {
  const directory = t.testdir()
  t.throws(() => openLog({ file: '', format: 'xml', debug: false }), {
    message: 'invalid log format "xml"',
  })
  t.throws(() => openLog({ file: `${directory}/no/log`, format: 'json', debug: false }), {
    message: `open log file "${directory}/no/log"`,
    cause: { code: 'ENOENT' },
  })
  t.end()
})

t.test(
  'a FIFO is not waited for: it has a reader, or is an error, and may lose its reader',
  (t) => {
    const file = `${t.testdir({})}/fifo`
    execFileSync('mkfifo', [file])
    const open = () => openLog({ file, format: 'json', debug: false })
    t.throws(open, { message: `open log file "${file}"` })
    const reader = openSync(file, O_NONBLOCK)
    const log = open()
    log.fail('m', fields)
    t.match(readFileSync(reader, 'utf8'), /"msg":"m"/)
    closeSync(reader)
    t.doesNotThrow(() => log.fail('m', fields))
    t.end()
  },
)
