/** Builds `dist/tsrun`, if need be: it is fresh while it is newer than everything it is made of. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './build.ts'

const root = join(import.meta.dirname, '..')
const outdir = join(root, 'dist')
const program = join(outdir, 'tsrun')

/** What decides what the program is; package-lock.json stands for node_modules. */
const inputs = [
  'bin',
  'lib',
  'package.json',
  'package-lock.json',
  'scripts/build.ts',
  'scripts/elf.ts',
  'scripts/executable.ts',
  'scripts/snapshot',
  'scripts/late.ts',
]

const changed = (path: string): number => {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  const names = readdirSync(path).filter((name) => !name.endsWith('.test.ts'))
  // A directory's own time tells of files that were removed.
  return Math.max(stat.mtimeMs, ...names.map((name) => changed(join(path, name))))
}

const isFresh = (): boolean => {
  if (!existsSync(program)) return false
  const built = statSync(program).mtimeMs
  return inputs.every((input) => changed(join(root, input)) <= built)
}

/** Built anew: what the host's libraries are now, and what its root may do, is in the snapshot. @returns its path */
export const newProgram = (): string => {
  build({ arch: process.arch, outdir, entry: join(root, 'bin/tsrun.ts'), snapshot: true })
  return program
}

/** The program's path. */
export const freshProgram = (): string => (isFresh() ? program : newProgram())
