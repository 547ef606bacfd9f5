/**
 * `npm run conformance:runtime-tools -- [--tree DIRECTORY | --build DIRECTORY] [--runtime PATH] [PROGRAM…]`: the
 * validation programs of opencontainers/runtime-tools, as TAP.
 *
 * The tree has the built programs: `RUNTIME_TOOLS` or `--tree`. `--build` makes one first, of Debian's source package,
 * which takes a minute and needs golang-go and xz-utils. `--cgroups v1` is for crun 1.8, `--output` keeps what the
 * programs print.
 */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { freshProgram } from '../../scripts/fresh.ts'
import { build, programsOf } from './build.ts'
import { faults, type Fault } from './faults.ts'
import { judge, type Judgement } from './judge.ts'
import { inLayout, usualLayout, type Layout } from './layout.ts'
import { readOutcome, type Outcome } from './outcome.ts'

/** In milliseconds: the slowest takes fifteen seconds. */
const PATIENCE = 120_000

/** Tries for what is right or wrong by chance. */
const TRIES = 5

const find = (program: string): string => {
  if (program.includes('/')) return realpathSync(program)
  const places = `${process.env['PATH'] ?? ''}:/usr/sbin`.split(delimiter)
  const path = places.map((place) => join(place, program)).find((name) => existsSync(name))
  if (path === undefined) throw new Error(`no runtime ${program}`)
  return path
}

interface Setting {
  readonly tree: string
  readonly layout: Layout
  /** Private to this run: the runtime's state, the programs' bundles. */
  readonly work: string
  readonly output: string | undefined
}

/** Whoever is root in a user namespace must get to the bundles in it, too. */
const makeOpenDirectory = (prefix: string): string => {
  const path = realpathSync(mkdtempSync(prefix))
  chmodSync(path, 0o755)
  return path
}

/** The runtime with a state directory of its own: the programs give no `--root`. */
const wrap = (runtime: string, work: string): void => {
  const wrapper = join(work, 'runtime')
  writeFileSync(wrapper, `#!/bin/sh\nexec '${runtime}' --root '${work}/state' "$@"\n`)
  chmodSync(wrapper, 0o755)
}

const runOnce = (name: string, { tree, layout, work, output }: Setting): Outcome => {
  const bundles = makeOpenDirectory(join(work, 'bundles-'))
  const [program = '', ...args] = inLayout(layout, [`validation/${name}/${name}.t`])
  const { stdout, stderr, status, error } = spawnSync(program, args, {
    cwd: tree,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PATIENCE,
    killSignal: 'SIGKILL',
    maxBuffer: 1 << 26,
    env: { ...process.env, RUNTIME: join(work, 'runtime'), TMPDIR: bundles },
  })
  if (error && (error as NodeJS.ErrnoException).code !== 'ETIMEDOUT') throw error
  if (output !== undefined) writeFileSync(join(output, `${name}.tap`), stdout + stderr)
  const state = join(work, 'state')
  for (const id of existsSync(state) ? readdirSync(state) : []) {
    spawnSync(join(work, 'runtime'), ['delete', '--force', id])
  }
  rmSync(bundles, { recursive: true, force: true })
  return readOutcome(stdout, status ?? 'killed after its time')
}

const tryProgram = (
  name: string,
  fault: Fault | undefined,
  setting: Setting,
): [Outcome, Judgement] => {
  for (let tries = 1; ; tries++) {
    const outcome = runOnce(name, setting)
    const judgement = judge(outcome, fault)
    if (judgement.ok || fault?.kind !== 'race' || tries === TRIES) return [outcome, judgement]
  }
}

/** @returns whether everything that failed is explained */
const runAll = (names: readonly string[], setting: Setting): boolean => {
  const count = { passed: 0, explained: 0, failed: 0 }
  console.log(`TAP version 13\n1..${names.length}`)
  names.forEach((name, i) => {
    const fault = faults[name]
    const applies = fault?.applies?.() ?? true
    const [outcome, { ok, directive, unexplained }] = tryProgram(
      name,
      applies ? fault : undefined,
      setting,
    )
    count[ok ? 'passed' : directive === undefined ? 'failed' : 'explained']++
    const { passed, failed, skipped, ended } = outcome
    const counts = `${passed} ok, ${failed.length} not ok, ${skipped} skipped`
    const mark = directive === undefined ? '' : ` # ${directive}`
    console.log(`${ok ? 'ok' : 'not ok'} ${i + 1} - ${name}: ${counts}${mark}`)
    if (ok || directive !== undefined) return
    for (const text of unexplained) console.log(`#   ${text}`)
    if (ended !== 0) console.log(`#   ended with ${ended}`)
  })
  console.log(`# ${count.passed} pass, ${count.explained} fail as explained, ${count.failed} fail`)
  return count.failed === 0
}

const { values, positionals } = parseArgs({
  options: {
    tree: { type: 'string' },
    build: { type: 'string' },
    runtime: { type: 'string' },
    cgroups: { type: 'string' },
    output: { type: 'string' },
  },
  allowPositionals: true,
})
const place = values.build ?? values.tree ?? process.env['RUNTIME_TOOLS']
if (place === undefined) throw new Error('no built tree: --tree or --build DIRECTORY')
const tree = resolve(place)
if (values.build !== undefined) build(tree)
const wanted = values.runtime ?? process.env['RUNTIME']
const work = makeOpenDirectory(join(tmpdir(), 'runtime-tools-'))
try {
  wrap(wanted === undefined ? freshProgram() : find(wanted), work)
  if (values.output !== undefined) mkdirSync(values.output, { recursive: true })
  const names = positionals.length > 0 ? positionals : programsOf(tree)
  const layout = (values.cgroups ?? usualLayout()) as Layout
  process.exitCode = runAll(names, { tree, layout, work, output: values.output }) ? 0 : 1
} finally {
  rmSync(work, { recursive: true, force: true })
}
