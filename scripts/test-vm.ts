/**
 * `npm run test:vm`: the tests that need systemd and cgroup v2, in a virtual machine.
 *
 * The machine is not part of the project. TSRUN_VM names a program that boots one and takes
 *
 *     --share DIR    a directory of this host that the command finds itself in
 *     --timeout S    seconds that all of it may take
 *     -- COMMAND     run there as root; output and exit status become the program's own
 */
import { spawnSync } from 'node:child_process'
import { accessSync, chmodSync, constants, copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findCompiler } from './compiler.ts'
import { freshProgram } from './fresh.ts'

const root = join(import.meta.dirname, '..')
/** Without hardware virtualization a container takes a second. */
const TIMEOUT = '1200'

const isRunnable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The guest has neither Node nor the sources. */
const compileSuite = (outfile: string): void => {
  const args = ['build', '--compile', join(root, 'scripts/vm/suite.ts'), `--outfile=${outfile}`]
  const { status, stderr, error } = spawnSync(findCompiler(root), args, { encoding: 'utf8' })
  if (error) throw error
  if (status !== 0) throw new Error(`bun ${args.join(' ')}\n${stderr}`)
}

const run = (machine: string): number => {
  const program = freshProgram()
  const share = mkdtempSync(join(tmpdir(), 'tsrun-vm-'))
  try {
    chmodSync(share, 0o755)
    for (const name of ['tsrun', 'koffi.node']) {
      copyFileSync(join(program, '..', name), join(share, name))
    }
    compileSuite(join(share, 'suite'))
    const args = ['--timeout', TIMEOUT, '--share', share, '--', './suite']
    const { status, error } = spawnSync(machine, args, { stdio: 'inherit' })
    if (error) throw error
    return status ?? 1
  } finally {
    rmSync(share, { recursive: true, force: true })
  }
}

const machine = process.env['TSRUN_VM'] ?? ''
if (isRunnable(machine)) process.exitCode = run(machine)
else {
  const reason =
    machine === ''
      ? 'TSRUN_VM names no program that runs a command in a virtual machine'
      : `TSRUN_VM is ${machine}, which cannot be run`
  console.log(`TAP version 14\n1..0 # SKIP ${reason}`)
}
