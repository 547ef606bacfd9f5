/** `npm run ok`: everything that has to hold before a commit, in the order that fails fastest. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

const steps: Readonly<Record<string, readonly string[]>> = {
  'generated files are current': ['tsx', 'schema/generate.ts', '--check'],
  types: ['tsc', '--noEmit'],
  lint: ['oxlint', '--deny-warnings'],
  format: ['prettier', '--check', '--log-level', 'warn', '.'],
  'build and tests': ['tsx', 'scripts/test.ts'],
}

for (const [name, [command = '', ...args]] of Object.entries(steps)) {
  console.log(`ok: ${name}`)
  const program = join(root, 'node_modules/.bin', command)
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit' })
  if (error) throw error
  if (status === 0) continue
  console.error(`not ok: ${name} (${command} ${args.join(' ')})`)
  process.exitCode = 1
  break
}
