/** Builds `dist/tsrun` unless it is newer than everything it is made of. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './build.ts'

const root = join(import.meta.dirname, '..')

/** What decides what the program is; package-lock.json stands for node_modules. */
const inputs = [
  'bin',
  'lib',
  'package.json',
  'package-lock.json',
  'scripts/build.ts',
  'scripts/executable.ts',
  'scripts/late.ts',
]

const changed = (path: string): number => {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  const names = readdirSync(path).filter((name) => !name.endsWith('.test.ts'))
  // A directory's own time tells of files that were removed.
  return Math.max(stat.mtimeMs, ...names.map((name) => changed(join(path, name))))
}

const isFresh = (program: string): boolean => {
  if (!existsSync(program)) return false
  const built = statSync(program).mtimeMs
  return inputs.every((input) => changed(join(root, input)) <= built)
}

/** The program's path. */
export const freshProgram = (): string => {
  const outdir = join(root, 'dist')
  const program = join(outdir, 'tsrun')
  if (!isFresh(program)) build({ arch: process.arch, outdir, entry: join(root, 'bin/tsrun.ts') })
  return program
}
