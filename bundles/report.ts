/** Runs a bundle and reads what it printed, for the tests of what the bundles' READMEs claim. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { withinReach } from './within-reach.ts'

/** `RUNTIME=runc` asks another runtime whether the claims hold. */
const runtime = process.env['RUNTIME'] ?? join(import.meta.dirname, '../dist/tsrun')

/** Why bundles cannot run here, in the form of tap's `skip` option. */
export const cannotRun: string | false =
  process.getuid?.() === 0 ? false : 'needs root: containers are made by root here'

export const output = (bundle: string): string => {
  const root = mkdtempSync(join(tmpdir(), 'bundle-'))
  const id = `${basename(bundle)}-${process.pid}`
  try {
    const args = ['--root', root, 'run', '--bundle', bundle, id]
    const { status, stdout, stderr, error } = spawnSync(runtime, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 30_000,
      killSignal: 'SIGKILL',
    })
    if (error) throw error
    if (status !== 0) throw new Error(`${runtime} ${args.join(' ')}: ${stderr}`)
    return stdout
  } catch (error) {
    spawnSync(runtime, ['--root', root, 'delete', '--force', id])
    throw error
  } finally {
    rmSync(root, { recursive: true })
  }
}

/** The lines `name: value` that the bundle's program printed; a name it did not print reads as ''. */
export const report = (bundle: string): ((name: string) => string) => {
  const lines = new Map<string, string>()
  for (const line of withinReach(bundle, output).split('\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) lines.set(line.slice(0, colon), line.slice(colon + 1).trim())
  }
  return (name) => lines.get(name) ?? ''
}
