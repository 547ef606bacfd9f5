import { statSync } from 'node:fs'
import t, { type Test } from 'tap'
import { parse } from './argv.ts'
import { globalOptions } from './global.ts'
import { readPlace } from './place.ts'

const place = (...args: readonly string[]): ReturnType<typeof readPlace> =>
  readPlace(parse(globalOptions, args, 'first').values)

const isRoot = process.geteuid?.() === 0

const setEnvironment = (t: Test, values: Readonly<Record<string, string | undefined>>): void => {
  const before = Object.fromEntries(Object.keys(values).map((name) => [name, process.env[name]]))
  const set = (entries: typeof values): void => {
    for (const [name, value] of Object.entries(entries)) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
  set(values)
  t.teardown(() => set(before))
}

t.test('--root', (t) => {
  const rows: readonly (readonly [string, string])[] = [
    ['/r', '/r'],
    ['/r/', '/r'],
    ['/a/../r', '/r'],
    ['r', `${process.cwd()}/r`],
  ]
  for (const [given, root] of rows) t.equal(place('--root', given).root, root, given)
  t.end()
})

t.test('--rootless and --systemd-cgroup', (t) => {
  t.match(place('--root', '/r', '--rootless', 'true', '--systemd-cgroup'), {
    rootless: true,
    systemdCgroup: true,
  })
  t.match(place('--root', '/r', '--rootless=false'), { rootless: false, systemdCgroup: false })
  t.throws(() => place('--root', '/r', '--rootless', 'maybe'), { code: 'USAGE' })
  t.end()
})

t.test('without --root: root', { skip: !isRoot && 'needs root' }, (t) => {
  setEnvironment(t, { XDG_RUNTIME_DIR: '/nonexistent', USER: 'root' })
  t.match(place(), { root: '/run/tsrun' })
  t.end()
})

t.test("without --root: the session's directory", { skip: !isRoot && 'needs root' }, (t) => {
  const directory = t.testdir()
  setEnvironment(t, { XDG_RUNTIME_DIR: directory })
  t.intercept(process, 'geteuid', { value: () => 1000 })
  t.match(place(), { root: `${directory}/tsrun`, rootless: true })
  t.equal(statSync(`${directory}/tsrun`).mode & 0o7777, 0o1700, 'sticky: not to be tidied away')
  t.match(place(), { root: `${directory}/tsrun` }, 'when it is there already')
  delete process.env['XDG_RUNTIME_DIR']
  t.match(place(), { root: '/run/tsrun' })
  t.end()
})
