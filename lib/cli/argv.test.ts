import t from 'tap'
import { parse } from './argv.ts'
import { commands } from './commands.ts'
import { createOptions } from './commands/create-options.ts'
import { execOptions } from './commands/exec-options.ts'
import { globalOptions } from './global.ts'
import { yargsFor } from './help.ts'

/** What differs from the option's default, and the operands. */
const changed = (
  options: Parameters<typeof parse>[0],
  line: string,
  end: 'first' | 'any' = 'any',
): unknown => {
  const none = parse(options, [], end).values
  const { values, operands, help } = parse(options, words(line), end)
  const given = Object.entries(values).filter(([name, value]) => {
    return JSON.stringify(value) !== JSON.stringify(none[name])
  })
  return [Object.fromEntries(given), operands, ...(help ? ['help'] : [])]
}

const words = (line: string): readonly string[] => line.split(' ').filter((word) => word !== '')

const run = commands['run']!.options

t.test("Go's ways to write an option", (t) => {
  const same: readonly (readonly [string, unknown])[] = [
    ['c1', [{}, ['c1']]],
    ['', [{}, []]],
    ['--bundle /b c1', [{ bundle: '/b' }, ['c1']]],
    ['-bundle /b c1', [{ bundle: '/b' }, ['c1']]],
    ['--bundle=/b c1', [{ bundle: '/b' }, ['c1']]],
    ['-bundle=/b c1', [{ bundle: '/b' }, ['c1']]],
    ['-b /b c1', [{ bundle: '/b' }, ['c1']]],
    ['-b=/b c1', [{ bundle: '/b' }, ['c1']]],
    ['--b /b c1', [{ bundle: '/b' }, ['c1']]],
    ['--bundle= c1', [{ bundle: '' }, ['c1']]],
    ['--bundle=a=b c1', [{ bundle: 'a=b' }, ['c1']]],
    ['--bundle --keep c1', [{ bundle: '--keep' }, ['c1']]],
    ['--bundle -- c1', [{ bundle: '--' }, ['c1']]],
    ['--bundle /a --bundle /b c1', [{ bundle: '/b' }, ['c1']]],
    ['-no-subreaper --detach c1', [{ 'no-subreaper': true, detach: true }, ['c1']]],
    ['-d=true --keep=T --no-pivot=1 c1', [{ detach: true, keep: true, 'no-pivot': true }, ['c1']]],
    ['--detach=false --keep=0 c1', [{}, ['c1']]],
    ['--detach false c1', [{ detach: true }, ['false', 'c1']]],
    ['--preserve-fds 3 c1', [{ 'preserve-fds': 3 }, ['c1']]],
    ['--preserve-fds=0x10 c1', [{ 'preserve-fds': 16 }, ['c1']]],
    ['--preserve-fds -1 c1', [{ 'preserve-fds': -1 }, ['c1']]],
    ['-h', [{}, [], 'help']],
    ['--help c1', [{}, ['c1'], 'help']],
    ['-help', [{}, [], 'help']],
    ['--help=false c1', [{}, ['c1']]],
    ['-- -c1', [{}, ['-c1']]],
    ['- c1', [{}, ['-', 'c1']]],
    // runc sorts options that follow operands to the front, and leaves alone what it does not know
    ['c1 --detach', [{ detach: true }, ['c1']]],
    ['c1 --bundle /b', [{ bundle: '/b' }, ['c1']]],
    ['c1 -h', [{}, ['c1'], 'help']],
    ['c1 -9', [{}, ['c1', '-9']]],
    ['c1 -- --detach', [{}, ['c1', '--', '--detach']]],
  ]
  for (const [line, expected] of same) t.same(changed(run, line), expected, line)
  t.end()
})

t.test('what follows the container id of exec is not read', (t) => {
  const rows: readonly (readonly [string, unknown])[] = [
    ['c1 ls -la', [{}, ['c1', 'ls', '-la']]],
    ['c1 sh -c -t -e -h --tty', [{}, ['c1', 'sh', '-c', '-t', '-e', '-h', '--tty']]],
    ['-t c1 -t', [{ tty: true }, ['c1', '-t']]],
    ['-e A=1 --env B=2,3 -e C c1 ls', [{ env: ['A=1', 'B=2,3', 'C'] }, ['c1', 'ls']]],
    ['--cap CAP_KILL -c CAP_CHOWN c1 x', [{ cap: ['CAP_KILL', 'CAP_CHOWN'] }, ['c1', 'x']]],
    ['c1 -- ls', [{}, ['c1', '--', 'ls']]],
    ['-- c1 ls', [{}, ['c1', 'ls']]],
    [
      '-d --process /p --pid-file /f c1',
      [{ detach: true, process: '/p', 'pid-file': '/f' }, ['c1']],
    ],
  ]
  for (const [line, expected] of rows) t.same(changed(execOptions, line, 'first'), expected, line)
  t.end()
})

t.test("faults, in Go's words", (t) => {
  const rows: readonly (readonly [string, string])[] = [
    ['-x', 'flag provided but not defined: -x'],
    ['--nope=1 c1', 'flag provided but not defined: -nope'],
    ['-dt c1', 'flag provided but not defined: -dt'],
    ['-constructor', 'flag provided but not defined: -constructor'],
    ['--__proto__ c1', 'flag provided but not defined: -__proto__'],
    ['-b', 'flag needs an argument: -b'],
    ['c1 --bundle', 'flag needs an argument: -bundle'],
    ['---keep', 'bad flag syntax: ---keep'],
    ['--=x', 'bad flag syntax: --=x'],
    ['--keep=maybe', 'invalid boolean value "maybe" for -keep: parse error'],
    ['--keep=', 'invalid boolean value "" for -keep: parse error'],
    ['--preserve-fds=x', 'invalid value "x" for flag -preserve-fds: parse error'],
    ['--preserve-fds 1.5', 'invalid value "1.5" for flag -preserve-fds: parse error'],
  ]
  for (const [line, message] of rows) {
    t.throws(() => parse(run, words(line), 'any'), { message, code: 'USAGE' }, line)
  }
  t.end()
})

/** Where both were written for the same tables, both have to read the same out of a command line. */
t.test('agrees with yargs', (t) => {
  const rows: readonly (readonly [Parameters<typeof parse>[0], string])[] = [
    [createOptions, 'c1'],
    [createOptions, '--bundle /b --pid-file /p c1'],
    [createOptions, '-b /b --no-pivot --no-new-keyring c1'],
    [createOptions, '-bundle /b -no-pivot c1'],
    [createOptions, '--bundle=/b --console-socket=/s --preserve-fds=2 c1'],
    [run, '--detach --keep --no-subreaper c1'],
    [run, '--detach=false --keep=true c1'],
    [run, 'c1 -d -b /x'],
    [run, '--bundle=a=b -- c1'],
    [run, '--pid-file 007 --preserve-fds 4 1e3'],
    [execOptions, '-e A=1 -e B=2 --cap CAP_KILL -t c1'],
    [execOptions, '--user 1:2 --additional-gids 3 --additional-gids 4 --cwd /x c1'],
    [execOptions, '--process /p.json --detach --pid-file /f --no-new-privs c1'],
    [globalOptions, '--root /r --log /l --log-format json --systemd-cgroup --debug'],
    [globalOptions, '--root=/r -v'],
    ...Object.values(commands).map(({ options }) => {
      const every = Object.entries(options).map(([name, { type }]) => {
        return type === 'boolean' ? `--${name}` : `--${name}=${type === 'duration' ? '7s' : '7'}`
      })
      return [options, [...every, 'c1'].join(' ')] as const
    }),
  ]
  for (const [options, line] of rows) {
    const ours = parse(options, words(line), 'any')
    const theirs = yargsFor(words(line), options).parseSync()
    const read = (name: string, value: unknown): unknown => {
      const option = options[name]
      if (option?.type === 'integer') return Number(value ?? option.default)
      if (option?.type === 'duration') return Number.parseInt(String(value ?? '5s')) * 1000
      if (option?.type === 'list') return value ?? []
      return value ?? (option?.type === 'boolean' ? false : option?.default)
    }
    const values = Object.keys(options).map((name) => [name, read(name, theirs[name])])
    t.same(ours.values, Object.fromEntries(values), line)
    t.same(ours.operands, theirs._, `operands of ${line}`)
  }
  t.end()
})
