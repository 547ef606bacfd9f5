/**
 * What the build promises: two files that run anywhere, whatever lies around them.
 *
 * tsrun runs as root in directories that others wrote, and Bun by itself reads `.env`, `bunfig.toml` and
 * more from there.
 */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'

const root = join(import.meta.dirname, '..')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly version: string
}
const isRoot = process.getuid?.() === 0
const needsRoot = isRoot ? false : 'needs root: it makes a container'

// Not in /tmp, which one of the tests makes read-only, and not in .tap, which is in the checkout.
const work = mkdtempSync(isRoot ? '/var/tmp/tsrun-' : '/tmp/tsrun-')
t.teardown(() => rmSync(work, { recursive: true }))

const program = join(work, 'elsewhere/tsrun')
mkdirSync(dirname(program))
for (const file of ['tsrun', 'koffi.node']) {
  copyFileSync(join(root, 'dist', file), join(dirname(program), file))
}
const bundle = join(work, 'bundle')
cpSync(join(root, 'bundles/hello'), bundle, { recursive: true, verbatimSymlinks: true })

const run = (
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): SpawnSyncReturns<string> =>
  spawnSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

let containers = 0
const runArgs = (): readonly string[] => {
  const id = `build-test-${process.pid}-${++containers}`
  return ['--root', join(work, 'state'), 'run', '--bundle', bundle, id]
}

const saysVersion = (t: Tap, { status, stdout, stderr }: SpawnSyncReturns<string>): void => {
  t.equal(stderr, '')
  t.match(stdout, `tsrun version ${version}\n`)
  t.equal(status, 0)
}

const saysHello = (t: Tap, { status, stdout, stderr }: SpawnSyncReturns<string>): void => {
  t.equal(stderr, '')
  t.match(stdout, /^Hello from a container\.\n/)
  t.equal(status, 0)
}

type Tap = Pick<typeof t, 'equal' | 'match'>

/** Every file says that it was read by leaving a mark. */
const hostileDirectory = (): { directory: string; mark: string } => {
  const directory = join(work, 'hostile')
  const mark = join(directory, 'mark')
  const code = `require('node:fs').appendFileSync(${JSON.stringify(mark)}, __filename + '\\n')\n`
  const files: Readonly<Record<string, string>> = {
    '.env': 'BUN_OPTIONS=--preload=./evil.js\nBUN_BE_BUN=1\nPATH=/nowhere\n',
    '.env.local': 'BUN_OPTIONS=--preload=./evil.js\n',
    '.env.production': 'BUN_OPTIONS=--preload=./evil.js\n',
    'bunfig.toml': 'preload = ["./evil.js"]\n[run]\npreload = ["./evil.js"]\n',
    '.bunfig.toml': 'preload = ["./evil.js"]\n',
    'package.json': JSON.stringify({
      name: 'x',
      version: '9.9.9',
      type: 'module',
      main: 'evil.js',
    }),
    'tsconfig.json': JSON.stringify({ compilerOptions: { paths: { '*': ['./evil.js'] } } }),
    'evil.js': code,
    tsrun: code,
    'tsrun.js': code,
    'index.js': code,
    'koffi.node': 'not an addon',
    'node_modules/koffi/index.js': code,
    'node_modules/yargs/index.js': code,
    'node_modules/node:fs/index.js': code,
    'node_modules/@koromix/koffi-linux-x64/index.js': code,
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
  return { directory, mark }
}

t.test('copied elsewhere, with an empty environment', async (t) => {
  saysVersion(t, run(program, ['--version'], '/'))
})

t.test('through a link', async (t) => {
  const link = join(work, 'link')
  symlinkSync(program, link)
  saysVersion(t, run(link, ['--version'], '/'))
  saysVersion(t, run('/bin/sh', ['-c', 'link --version'], '/', { PATH: work }))
})

t.test('in a hostile directory', async (t) => {
  const { directory, mark } = hostileDirectory()
  const normal = run(program, ['--help'], '/').stdout
  saysVersion(t, run(program, ['--version'], directory))
  t.equal(run(program, ['--help'], directory).stdout, normal)
  if (isRoot) saysHello(t, run(program, runArgs(), directory))
  t.notOk(existsSync(mark), 'nothing that lies there was run')
})

t.test('a container with an empty environment', { skip: needsRoot }, async (t) => {
  saysHello(t, run(program, runArgs(), '/'))
})

t.test('a container with a read-only /tmp', { skip: needsRoot }, async (t) => {
  const script = `mount --bind /tmp /tmp && mount -o remount,bind,ro /tmp &&
    ! touch /tmp/x 2> /dev/null && exec "$0" "$@"`
  const args = ['--mount', '/bin/sh', '-c', script, program, ...runArgs()]
  saysHello(t, run('/usr/bin/unshare', args, '/', { PATH: '/usr/bin' }))
})

t.test('a container in a directory that only root may enter', { skip: needsRoot }, async (t) => {
  const closed = join(work, 'closed')
  mkdirSync(closed, { mode: 0o700 })
  saysHello(t, run(program, runArgs(), closed))
})
