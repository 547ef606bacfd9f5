import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { setApart } from './late.ts'

const root = join(import.meta.dirname, '..')
const program = join(root, 'dist/tsrun')

const copy = (t: { teardown: (clean: () => void) => void }): string => {
  const directory = mkdtempSync(join(tmpdir(), 'tsrun-late-'))
  t.teardown(() => rmSync(directory, { recursive: true }))
  cpSync(join(root, 'lib'), join(directory, 'lib'), { recursive: true })
  return directory
}

t.test('a module that is loaded late keeps its functions', async (t) => {
  const directory = copy(t)
  setApart(directory)
  const stub = readFileSync(join(directory, 'lib/container/run.ts'), 'utf8')
  t.equal(stub, `export const run = (...args) => require('./../../make.ts').module1.run(...args)\n`)
  t.match(readFileSync(join(directory, 'make.ts'), 'utf8'), "from './lib/container/run.late.ts'")
})

t.test('one that exports more than functions is refused', async (t) => {
  const directory = copy(t)
  writeFileSync(join(directory, 'lib/container/run.ts'), 'export class Run {}\n')
  t.throws(() => setApart(directory), {
    message: 'lib/container/run.ts cannot be loaded late: it exports class Run',
  })
})

t.test('the program finds its parts', async (t) => {
  const run = (...args: string[]): string => spawnSync(program, args, { encoding: 'utf8' }).stdout
  t.match(run('--help'), 'checkpoint')
  t.match(run('features'), '"ociVersionMin"')
  t.match(
    spawnSync(program, ['run', '--bundle', '/none', 'x'], { encoding: 'utf8' }).stderr,
    'not found',
  )
})
