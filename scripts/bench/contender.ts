/** The runtimes that take part, and how a command of theirs is run and measured. */
import { spawnSync } from 'node:child_process'
import { accessSync, closeSync, constants, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readTimed, type Timed } from './programs.ts'

export interface Contender {
  readonly name: string
  readonly program: string
  /** First line of `--version`. */
  readonly version: string
  /** Runs `PROGRAM --root … ARGS`. @throws Error with its output when it fails */
  readonly run: (...args: readonly string[]) => Timed
}

const find = (name: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(':')
    .map((directory) => join(directory, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    })

const contender = (name: string, program: string, work: string): Contender => {
  const root = join(work, `${name}-root`)
  const log = join(work, `${name}.log`)
  const timed = join(work, 'timed')
  mkdirSync(root)
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' })
  const run = (...args: readonly string[]): Timed => {
    // A file, not a pipe: a created container keeps its output open.
    const output = openSync(log, 'w')
    try {
      const { output: outputs, error } = spawnSync(timed, [program, '--root', root, ...args], {
        stdio: ['ignore', output, output, 'pipe'],
      })
      if (error) throw error
      const result = readTimed(Buffer.from(outputs[3] ?? ''))
      if (result.exitStatus === 0) return result
      const said = readFileSync(log, 'utf8')
        .trim()
        .replaceAll(/\s*\n\s*/g, '; ')
      throw new Error(`${name} ${args[0]}: exit status ${result.exitStatus}: ${said}`)
    } finally {
      closeSync(output)
    }
  }
  return { name, program, version: stdout.split('\n')[0] ?? '', run }
}

/**
 * tsrun, and what there is of runc and crun.
 * @param work a directory with the `timed` program, for their state
 */
export const contenders = (tsrun: string, work: string): readonly Contender[] => {
  const others = ['runc', 'crun'].flatMap((name) => {
    const program = find(name)
    return program ? [contender(name, program, work)] : []
  })
  return [contender('tsrun', tsrun, work), ...others]
}
