/**
 * `npm test [-- FILE…]`: builds if needed and runs the tests.
 *
 * Without root it still runs what needs none; the rest is skipped, each test saying so.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { freshProgram } from './fresh.ts'

const root = join(import.meta.dirname, '..')

freshProgram()
if (process.getuid?.() !== 0) {
  console.error('not root: tests that make containers are skipped. To run them all: sudo npm test')
}
const tap = join(root, 'node_modules/.bin/tap')
const { status, error } = spawnSync(tap, process.argv.slice(2), { cwd: root, stdio: 'inherit' })
if (error) throw error
process.exitCode = status ?? 1
