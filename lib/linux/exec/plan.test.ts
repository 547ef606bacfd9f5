import { execCalls, hasHome, planEnvironment } from './plan.ts'
import t from 'tap'

const paths = (args: readonly string[], env: readonly string[]) =>
  execCalls(args, env)
    .filter(({ call }) => call === 'execve')
    .map(({ args: [path] }) => (path as { text: string }).text)

t.test('a program is searched for as execvp(3) does', async (t) => {
  for (const [args, env, expected] of [
    [['/bin/true'], ['PATH=/x'], ['/bin/true']],
    [['bin/true'], ['PATH=/x'], ['bin/true']],
    [['true'], ['PATH=/x:/y'], ['/x/true', '/y/true']],
    [['true'], ['PATH=/x::/y'], ['/x/true', './true', '/y/true']],
    [['true'], [], ['/bin/true', '/usr/bin/true']],
    [['true'], ['PATH='], ['./true']],
  ] as const) {
    t.same(paths(args, env), expected, `${args[0]} with ${env}`)
  }
})

t.test('the last value of a name counts', async (t) => {
  t.same(planEnvironment(['A=1', 'B=2', 'A=3', 'C=x=y']), ['A=3', 'B=2', 'C=x=y'])
  t.same(planEnvironment(), [])
})

t.test('HOME is found by its whole name', async (t) => {
  t.ok(hasHome(['A=1', 'HOME=/']))
  t.notOk(hasHome(['HOMEPAGE=/', 'XHOME=/']))
  t.notOk(hasHome(['HOME=']))
})
