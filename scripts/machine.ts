/**
 * A virtual machine with systemd and cgroup v2, for tests that need them.
 *
 * It is not part of the project. TSRUN_VM names a program that boots one and takes
 *
 *     --share DIR    a directory of this host that the command finds itself in
 *     --timeout S    seconds that all of it may take
 *     -- COMMAND     run there as root; output and exit status become the program's own
 */
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { findCompiler } from './compiler.ts'

const root = join(import.meta.dirname, '..')
const machine = process.env['TSRUN_VM'] ?? ''

const isRunnable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** @returns why there is none */
export const whyNoMachine = (): string | undefined => {
  if (machine === '') return 'TSRUN_VM names no program that runs a command in a virtual machine'
  return isRunnable(machine) ? undefined : `TSRUN_VM is ${machine}, which cannot be run`
}

/** @param timeout seconds @returns the command's exit status */
export const runInMachine = (share: string, timeout: number, command: string): number => {
  const args = ['--timeout', String(timeout), '--share', share, '--', command]
  const { status, error } = spawnSync(machine, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  if (error) throw error
  return status ?? 1
}

/** Makes a program of `source`: the machine has neither Node nor the sources. */
export const compileForMachine = (source: string, outfile: string): void => {
  const args = ['build', '--compile', source, `--outfile=${outfile}`]
  const { status, stderr, error } = spawnSync(findCompiler(root), args, { encoding: 'utf8' })
  if (error) throw error
  if (status !== 0) throw new Error(`bun ${args.join(' ')}\n${stderr}`)
}
