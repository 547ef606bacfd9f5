/** The command line as its callers see it: status, stdout, stderr; compared with runc where it is installed. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { commands } from './commands.ts'

interface Answer {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

const MARK = '\n=== next ===\n'

/** One Node process for many command lines: starting one takes longer than all of them. */
const driver = `
  import { writeSync } from 'node:fs'
  import { main } from ${JSON.stringify(join(import.meta.dirname, 'main.ts'))}
  for (const argv of JSON.parse(process.argv[1])) {
    const status = main(argv)
    for (const fd of [1, 2]) writeSync(fd, status + ${JSON.stringify(MARK)})
  }
`

const tsx = import.meta.resolve('tsx')

const tsrun = (cwd: string, lines: readonly (readonly string[])[]): readonly Answer[] => {
  const args = ['--import', tsx, '--input-type=module', '-e', driver, JSON.stringify(lines)]
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' })
  const [out, err] = [stdout, stderr].map((text) => text.split(MARK))
  return lines.map((_, i) => {
    const [, text = '', status] = /^(.*?)(\d+)$/s.exec(out?.[i] ?? '') ?? []
    const errors = (err?.[i] ?? '').replace(/\d+$/, '')
    return { status: Number(status), stdout: text, stderr: errors }
  })
}

const runc = (cwd: string, line: readonly string[]): Answer => {
  const args = ['--log', '/dev/null', ...line]
  const { status, stdout, stderr } = spawnSync('runc', args, { cwd, encoding: 'utf8' })
  return { status, stdout, stderr }
}

const noRunc = spawnSync('runc', ['--version']).error ? 'runc is not installed' : false

/** runc, when it has not got as far as its --log, writes a log line. */
const plain = (line: string): string => {
  const quoted = /^time=.* msg=(".*")$/.exec(line)?.[1]
  return quoted === undefined ? line : String(JSON.parse(quoted))
}

/** tsrun says which command failed and on which container, runc sometimes which command. */
const prefix = /^(?:(?:tsrun|runc):? )?(?:(?:create|run) failed: |(?:\w+ )?\S+: (?!"))?/

/** The part of an answer that has to be the same. */
const essence = ({ status, stdout, stderr }: Answer): unknown => ({
  status,
  usage: stdout.startsWith('Incorrect Usage'),
  help: stdout.includes('NAME:'),
  message: plain(stderr.split('\n')[0] ?? '').replace(prefix, ''),
})

const compared = [
  '',
  '-h',
  'help',
  'h',
  'help run',
  'help nope',
  'nope',
  'nope a b',
  '-x',
  '--nope start',
  '--root',
  'start',
  'start a b',
  'start -x',
  'start -- -x',
  'state',
  'state nope',
  'kill',
  'kill nope',
  'kill nope 9 x',
  'kill --all nope KILL',
  'delete nope',
  'delete --force nope',
  'delete nope -f',
  'exec',
  'exec --help',
  'create',
  'create a b',
  'create nope',
  'run nope',
  'run -dt x',
  'run -d=true x',
  'run --detach false x',
  'run --detach=maybe x',
  'run --preserve-fds=x x',
  'run -b',
  'run ---keep x',
  'run --=x y',
  'run -h',
  'run x -h',
  'restore --lsm-mount-context',
  'checkpoint --help',
  'list',
  'list -q',
  'list --format json',
  'list --format=xml',
  'list extra',
  'spec a',
  'features a',
  'ps',
  'pause',
  'resume a b',
  'update',
  'events',
  'events --interval=5 x',
]

t.test('as runc', { skip: noRunc }, (t) => {
  const cwd = t.testdir()
  const lines = compared.map((line) => [
    '--root',
    join(cwd, 'root'),
    ...line.split(' ').filter(Boolean),
  ])
  const answers = tsrun(cwd, lines)
  for (const [i, line] of lines.entries()) {
    t.same(essence(answers[i]!), essence(runc(cwd, line)), compared[i] || '(nothing)')
  }
  t.end()
})

t.test('output that callers parse', (t) => {
  const cwd = t.testdir()
  const root = ['--root', join(cwd, 'root')]
  const log = join(cwd, 'log')
  const logged = [...root, '--log', log, '--log-format', 'json']
  const [version, table, json, fine, failed, debug] = tsrun(cwd, [
    ['--version'],
    [...root, 'list'],
    [...root, 'list', '-f', 'json'],
    [...logged, 'list'],
    [...logged, 'state', 'web'],
    [...root, '--debug', 'state', 'web'],
  ])
  t.match(version?.stdout, /^tsrun version \d+\.\d+\.\d+\S*\ncommit: \S+\nspec: \d+\.\d+\.\d+\n/)
  t.equal(table?.stdout, 'ID          PID         STATUS      BUNDLE      CREATED     OWNER\n')
  t.equal(json?.stdout, 'null\n')
  t.equal(fine?.status, 0)
  t.equal(failed?.status, 1)
  t.match(failed?.stderr, /^tsrun: state web: container does not exist\n/)
  t.match(JSON.parse(readFileSync(log, 'utf8')), {
    level: 'error',
    msg: 'state web: container does not exist',
    stage: 'state',
    time: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  })
  t.match(debug?.stderr, /^tsrun: debug: started cold\ntsrun: debug: state: \{.*\n/)
  t.end()
})

t.test('spec writes a config.json, once', (t) => {
  const cwd = t.testdir({ bundle: {} })
  const [first, second] = tsrun(cwd, [
    ['spec', '--bundle', 'bundle'],
    ['spec', '--bundle', 'bundle'],
  ])
  t.match(first, { status: 0, stdout: '' })
  const text = readFileSync(join(cwd, 'bundle/config.json'), 'utf8')
  t.match(JSON.parse(text), { ociVersion: String, process: { args: ['sh'] } })
  t.match(text, /^\{\n\t"ociVersion"/)
  t.match(second, { status: 1, stderr: /File config.json exists. Remove it first/ })
  t.end()
})

t.test('every command has a help that names each of its options', (t) => {
  const names = Object.keys(commands)
  const answers = tsrun(t.testdir(), [...names.map((name) => [name, '--help']), ['completion']])
  for (const [i, name] of names.entries()) {
    const { status, stdout = '' } = answers[i]!
    t.equal(status, 0, name)
    t.ok(stdout.includes(`tsrun ${name} - `), `${name}: its name`)
    for (const [option, { hidden }] of Object.entries(commands[name]!.options)) {
      t.equal(stdout.includes(`--${option} `), hidden !== true, `${name}: ${option}`)
    }
  }
  t.match(answers.at(-1)?.stdout, /complete .* tsrun/, 'completion')
  t.end()
})
