/**
 * Puts tsrun where container engines look: `npm run install:host -- --prefix /usr/local`.
 *
 * The two files go into `PREFIX/lib/tsrun`, where nothing else lies; `PREFIX/bin/tsrun` is a link to
 * the program, which finds its koffi.node by its own real path.
 */
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { newProgram } from './fresh.ts'

/** Replaces `to` in one step: a container may be starting from the old file at this moment. */
const place = (to: string, put: (aside: string) => void): void => {
  const aside = `${to}.${process.pid}`
  try {
    put(aside)
    renameSync(aside, to)
  } finally {
    rmSync(aside, { force: true })
  }
}

/** In one go, so that the page cache holds it in large pieces: 6 % of a run beside copyFile's. */
const copy = (from: string, to: string, mode: number): void =>
  place(to, (aside) => {
    writeFileSync(aside, readFileSync(from))
    chmodSync(aside, mode)
  })

const link = (target: string, to: string): void =>
  place(to, (aside) => symlinkSync(relative(dirname(to), target), aside))

const install = (prefix: string): string => {
  const built = dirname(newProgram())
  const home = join(prefix, 'lib/tsrun')
  const command = join(prefix, 'bin/tsrun')
  mkdirSync(home, { recursive: true })
  mkdirSync(dirname(command), { recursive: true })
  copy(join(built, 'koffi.node'), join(home, 'koffi.node'), 0o644)
  copy(join(built, 'tsrun'), join(home, 'tsrun'), 0o755)
  link(join(home, 'tsrun'), command)
  return `${command} -> ${readlinkSync(command)}`
}

const { values } = parseArgs({ options: { prefix: { type: 'string', default: '/usr/local' } } })
try {
  console.log(`installed ${install(resolve(values.prefix))}`)
} catch (error) {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code !== 'EACCES' && code !== 'EROFS') throw error
  console.error(`cannot write below ${resolve(values.prefix)}: become root, or choose --prefix DIR`)
  process.exitCode = 1
}
