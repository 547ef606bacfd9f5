/**
 * `npm run conformance -- [--runtime PATH] [FILE…]`: what a runtime does, tested from the outside, as TAP.
 *
 * Any OCI runtime with runc's command line will do: `--runtime runc` and `--runtime crun` are the oracles.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const root = join(import.meta.dirname, '..')

/** A name without a slash is looked up as the shell does. */
const find = (runtime: string): string => {
  if (runtime.includes('/')) return resolve(runtime)
  const places = (process.env['PATH'] ?? '').split(delimiter).map((place) => join(place, runtime))
  return places.find((place) => existsSync(place)) ?? runtime
}

const { values, positionals } = parseArgs({
  options: { runtime: { type: 'string' }, reporter: { type: 'string', default: 'tap' } },
  allowPositionals: true,
})
const runtime = find(values.runtime ?? process.env['RUNTIME'] ?? join(root, 'dist/tsrun'))
const files =
  positionals.length > 0
    ? positionals
    : readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.test.ts'))
        .map((name) => join('conformance', name))
const tap = join(root, 'node_modules/.bin/tap')
const { status, error } = spawnSync(tap, ['--reporter', values.reporter, '--jobs=2', ...files], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, RUNTIME: runtime },
})
if (error) throw error
process.exitCode = status ?? 1
