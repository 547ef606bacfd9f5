/** The linter refuses what ARCHITECTURE.md says must not be: each rule is shown a breach of it. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import t from 'tap'

const root = join(import.meta.dirname, '..')

const imports = 'no-restricted-imports'
const globals = 'no-restricted-globals'

type Case = readonly [file: string, source: string, rule: string | undefined]

/** `undefined`: allowed. */
const cases: readonly Case[] = [
  ['lib/sys/koffi.ts', `import koffi from 'koffi'`, undefined],
  ['lib/linux/mounts/parent.ts', `import koffi from 'koffi'`, imports],
  ['lib/container/create.ts', `import koffi from 'koffi'`, imports],
  ['lib/cli/run.ts', `import type koffi from 'koffi'`, imports],
  ['lib/init/init.ts', `export { x } from '@koromix/koffi-linux-x64'`, imports],
  ['scripts/build.ts', `import koffi from 'koffi'`, imports],
  ['lib/sys/mount.test.ts', `import koffi from 'koffi'`, imports],

  ['lib/container/create.ts', `import { x } from '../cli/main.ts'`, imports],
  ['lib/spec/load.ts', `import { x } from '../container/create.ts'`, imports],
  ['lib/sync/channel.ts', `import { x } from '../cli/main.ts'`, imports],
  ['lib/linux/mounts/parent.ts', `import { x } from '../../container/create.ts'`, imports],
  ['lib/linux/mounts/parent.ts', `import { x } from '../../init/init.ts'`, imports],
  ['lib/sys/mount.ts', `import { x } from '../linux/mounts/options.ts'`, imports],
  ['lib/sys/mount.ts', `import { x } from '../spec/types.ts'`, imports],
  ['lib/linux/mounts/parent.ts', `import { x } from '../../sys/mount.ts'`, undefined],
  ['lib/container/create.ts', `import { x } from '../linux/mounts/parent.ts'`, undefined],

  ['lib/container/create.ts', `import { x } from '../linux/mounts/inside.ts'`, imports],
  ['lib/cli/run.ts', `import { x } from '../linux/mounts/inside.ts'`, imports],
  ['lib/cli/run.ts', `import { x } from '../init/init.ts'`, imports],
  ['lib/init/init.ts', `import { x } from '../linux/mounts/inside.ts'`, undefined],
  ['lib/init/init.ts', `import { x } from '../linux/mounts/parent.ts'`, imports],
  ['lib/init/init.ts', `import { x } from '../container/create.ts'`, imports],
  ['lib/linux/mounts/inside.ts', `import { x } from './parent.ts'`, imports],
  ['lib/linux/mounts/inside.ts', `import { x } from '../../cli/main.ts'`, imports],

  ['lib/linux/mounts/inside.ts', `import { x } from 'node:child_process'`, imports],
  ['lib/linux/mounts/inside.ts', `import { x } from 'node:fs/promises'`, imports],
  ['lib/linux/mounts/inside.ts', `import { promises } from 'node:fs'`, imports],
  ['lib/linux/mounts/inside.ts', `const x = import('node:net')`, imports],
  ['lib/init/init.ts', `import { x } from 'node:worker_threads'`, imports],
  ['lib/sys/fork.ts', `import { x } from 'node:timers/promises'`, imports],
  ['lib/linux/mounts/inside.ts', `export const x = async () => 1`, 'no-async-await'],
  ['lib/init/init.ts', `setTimeout(() => {}, 1)`, globals],
  ['lib/sys/fork.ts', `queueMicrotask(() => {})`, globals],
  ['lib/container/create.ts', `export const x = Promise.resolve(1)`, globals],
  ['lib/cli/run.ts', `export const x = Bun.version`, globals],
  ['lib/cli/run.ts', `console.log(1)`, 'no-console'],
  ['lib/container/create.test.ts', `export const x = async () => await 1`, undefined],

  ['lib/linux/mounts/plan.ts', `import { x } from '../../sys/mount.ts'`, imports],
  ['lib/linux/mounts/plan.ts', `import { x } from '../../sys/flags/mount.ts'`, undefined],
  ['lib/linux/mounts/plan.ts', `import { x } from '../../spec/types.ts'`, undefined],
  ['lib/linux/mounts/plan.ts', `import { x } from './inside.ts'`, imports],
  ['lib/linux/mounts/plan.ts', `import { x } from 'node:fs'`, imports],

  ['lib/cli/run.ts', `process.exit(1)`, 'no-process-exit'],
  ['lib/cli/run.ts', `export default 1`, 'no-default-export'],
  ['lib/cli/run.ts', `export const x = (y: any) => y`, 'no-explicit-any'],
  ['lib/cli/run.ts', `import x = require('node:os')`, 'no-require-imports'],
  ['lib/linux/mounts/inside.ts', `${'export {}\n'.repeat(301)}`, 'max-lines'],
]

const circle = {
  'lib/a.ts': `import { b } from './b.ts'\nexport const a = () => b`,
  'lib/b.ts': `import { a } from './a.ts'\nexport const b = () => a`,
}

/** A project with our rules and these files, in `directory`. */
const project = (directory: string, files: Readonly<Record<string, string>>): void => {
  mkdirSync(directory)
  cpSync(join(root, '.oxlintrc.json'), join(directory, '.oxlintrc.json'))
  for (const [file, source] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, file)), { recursive: true })
    writeFileSync(join(directory, file), source)
  }
}

interface Diagnostic {
  readonly code?: string
  readonly filename: string
}

/** The names of the rules broken below `directory`, by project: one run for all, each has its rules. */
const lint = (directory: string): ReadonlyMap<string, readonly string[]> => {
  const oxlint = join(root, 'node_modules/.bin/oxlint')
  // tap asks every Node process below it to load its own hooks; oxlint does not start with them.
  const args = ['-u', 'NODE_OPTIONS', oxlint, '--format', 'json']
  const { stdout } = spawnSync('env', args, { cwd: directory, encoding: 'utf8' })
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: readonly Diagnostic[] }
  const broken = new Map<string, string[]>()
  for (const { code = '', filename } of diagnostics) {
    const [name = ''] = filename.split('/')
    const rules = broken.get(name) ?? []
    broken.set(name, [...rules, /\((.*)\)/.exec(code)?.[1] ?? code])
  }
  return broken
}

// Not t.testdir(): that lies in .tap, which .gitignore hides from the linter.
const directory = mkdtempSync(join(tmpdir(), 'lint-'))
t.teardown(() => rmSync(directory, { recursive: true }))

for (const [i, [file, source]] of cases.entries()) {
  project(join(directory, String(i)), { [file]: source })
}
project(join(directory, 'circle'), circle)

const broken = lint(directory)

for (const [i, [file, source, rule]] of cases.entries()) {
  const name = `${file}: ${source.split('\n')[0]}`
  const rules = broken.get(String(i)) ?? []
  if (rule === undefined) t.notOk(rules.includes(imports) || rules.includes('no-async-await'), name)
  else t.ok(rules.includes(rule), `${name} (${rule})`, { rules })
}
t.ok(broken.get('circle')?.includes('no-cycle'), 'a circle of imports (no-cycle)')
