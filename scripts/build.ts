/**
 * Makes `dist/tsrun`: the program, compiled to bytecode, inside a Bun executable, and `dist/koffi.node`
 * beside it. `--arch arm64` (or x64) builds for another machine, into `dist/<arch>/`; `--no-snapshot` makes one that
 * always starts cold (`docs/snapshot.md`).
 *
 * What each option is for, because half of them are there for safety:
 * - `--compile-jit-policy=1000`: code has to run a thousand times as often as usual before the JIT looks at it,
 *   so in practice it never does: compiling takes longer than a command runs (24 ms of a run's processor time
 *   instead of 12). With the usual environment there is no JIT at all, see `executable.ts`.
 * - `--no-compile-autoload-…`: tsrun runs as root in directories that others wrote. What they put into
 *   `.env`, `bunfig.toml`, `tsconfig.json` or `package.json` is not for it to read.
 * - `--bytecode`: saves parsing at each start. Bun has to bundle and compile in one step: given a bundle, it
 *   makes a program that does nothing at all.
 * - `--format=esm --splitting`: what `late.ts` sets apart becomes a file of its own; only ES modules do.
 * - `--define import.meta.resolve`: yargs would ask it about configuration files that we do not have.
 * - Bun itself listens to a few environment variables (`BUN_OPTIONS="--preload x.js"` would run x.js as root);
 *   their names are changed in the executable (`executable.ts`).
 * - koffi.node stays outside: Bun would unpack an embedded addon to a predictable name in /tmp and load
 *   whatever already lay there.
 */
import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { findCompiler } from './compiler.ts'
import { alignCode, renameVariables } from './executable.ts'
import { foreignPackage } from './foreign.ts'
import { addSnapshot } from './snapshot/make.ts'
import { placeLoader } from './snapshot/place.ts'
import { setApart } from './late.ts'

const root = join(import.meta.dirname, '..')

const options = [
  '--compile',
  '--bytecode',
  '--format=esm',
  '--splitting',
  '--minify',
  '--reject-unresolved',
  '--no-compile-autoload-dotenv',
  '--no-compile-autoload-bunfig',
  '--no-compile-autoload-tsconfig',
  '--no-compile-autoload-package-json',
  '--compile-jit-policy=1000',
  '--define',
  'import.meta.resolve=undefined',
]

export interface Build {
  readonly arch: string
  /** Directory that receives `tsrun` and `koffi.node`. */
  readonly outdir: string
  /** Of the sources. */
  readonly entry: string
  /** Whether it starts from a snapshot of itself; only x64 can. */
  readonly snapshot: boolean
}

const targetOptions = (arch: string): readonly string[] => {
  if (arch === process.arch) return ['--target=bun']
  const oven = arch === 'arm64' ? '@oven/bun-linux-aarch64' : '@oven/bun-linux-x64'
  const executable = join(foreignPackage(root, oven), 'bin/bun')
  return [`--target=bun-linux-${arch}`, `--compile-executable-path=${executable}`]
}

const addon = (arch: string): string => {
  const name = `@koromix/koffi-linux-${arch}`
  const directory =
    arch === process.arch ? join(root, 'node_modules', name) : foreignPackage(root, name)
  return join(directory, `linux_${arch}`, 'koffi.node')
}

/** What `--version` names; a source archive has no history to take it from. */
const commit = (): string => {
  const { status, stdout } = spawnSync('git', ['rev-parse', 'HEAD'], {
    cwd: root,
    encoding: 'utf8',
  })
  return status === 0 ? stdout.trim() : 'unknown'
}

/** A copy of what is compiled, below the root: its packages are found from there. */
const copySources = (to: string): void => {
  for (const name of ['bin', 'lib', 'package.json']) {
    cpSync(join(root, name), join(to, name), { recursive: true })
  }
  setApart(to)
}

const compile = ({ arch, entry }: Build, outfile: string): void => {
  const defines = ['--define', 'TSRUN_COMPILED=true', '--define', `TSRUN_COMMIT="${commit()}"`]
  const target = targetOptions(arch)
  const args = ['build', ...options, ...defines, ...target, entry, `--outfile=${outfile}`]
  const { status, stderr, error } = spawnSync(findCompiler(root), args, {
    cwd: root,
    encoding: 'utf8',
  })
  if (error) throw error
  // Bun prints what went wrong with the bytecode and carries on without it.
  if (status !== 0 || /error/i.test(stderr)) throw new Error(`bun ${args.join(' ')}\n${stderr}`)
}

/** In one go, so that the page cache holds it in large pieces. */
const write = (program: string, bytes: Buffer): void =>
  writeFileSync(program, bytes, { mode: 0o755 })

/** @returns the program as it starts without a snapshot */
const finish = (program: string, arch: string): Buffer => {
  const bytes = readFileSync(program)
  renameVariables(bytes)
  const aligned = alignCode(bytes)
  const finished = arch === 'x64' ? placeLoader(aligned) : aligned
  write(program, finished)
  return aligned
}

/** It is of this machine's processor and libraries; where none can be made, the program starts cold. */
const startWarm = (program: string, cold: Buffer): void => {
  try {
    addSnapshot(program, (snapshot) => {
      // A new file: the old one is still mapped where the snapshot was made.
      rmSync(program)
      write(program, placeLoader(cold, snapshot))
    })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    console.error(`no snapshot, so it starts cold: ${why}`)
  }
}

/** A program that says nothing is what Bun makes of an input it did not understand. */
const check = (program: string): void => {
  const { stdout, stderr } = spawnSync(program, ['--version'], { encoding: 'utf8', env: {} })
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly version: string
  }
  if (stdout.includes(version)) return
  // Bun quotes the minified source first.
  const said = stderr.split('\n').filter((line) => !/^\d+ \|/.test(line))
  throw new Error(`the program just built does not print its version:\n${said.join('\n').trim()}`)
}

/** Builds aside and renames: a container may be starting from the old file at this moment. */
export const build = (request: Build): void => {
  const aside = join(request.outdir, `.build-${process.pid}`)
  mkdirSync(aside, { recursive: true })
  try {
    const sources = join(aside, 'sources')
    copySources(sources)
    const entry = join(sources, relative(root, request.entry))
    compile({ ...request, entry }, join(aside, 'tsrun'))
    const program = join(aside, 'tsrun')
    const cold = finish(program, request.arch)
    copyFileSync(addon(request.arch), join(aside, 'koffi.node'))
    if (request.arch === process.arch) {
      check(program)
      if (request.snapshot && request.arch === 'x64') startWarm(program, cold)
      check(program)
    }
    for (const file of ['koffi.node', 'tsrun']) {
      renameSync(join(aside, file), join(request.outdir, file))
    }
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
}

const main = (): void => {
  const { values } = parseArgs({
    options: {
      arch: { type: 'string', default: process.arch },
      entry: { type: 'string' },
      'no-snapshot': { type: 'boolean', default: false },
    },
  })
  const { arch } = values
  if (arch !== 'x64' && arch !== 'arm64') throw new Error(`cannot build for "${arch}": x64, arm64`)
  const outdir = arch === process.arch ? join(root, 'dist') : join(root, 'dist', arch)
  const entry = values.entry ?? join(root, 'bin/tsrun.ts')
  build({ arch, outdir, entry, snapshot: !values['no-snapshot'] })
  console.log(`built ${join(outdir, 'tsrun')} for ${arch}`)
}

if (process.argv[1] === import.meta.filename) {
  try {
    main()
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
