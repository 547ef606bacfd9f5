/**
 * Gets the packages of another architecture, which `npm ci` leaves out.
 *
 * They are the files package-lock.json names: what npm downloads is compared with its digests.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

interface Locked {
  readonly version: string
  readonly integrity: string
}

interface Packed {
  readonly filename: string
  readonly integrity: string
}

const locked = (root: string, name: string): Locked => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, Locked>>
  }
  const entry = lock.packages[`node_modules/${name}`]
  if (!entry) throw new Error(`package-lock.json does not name ${name}`)
  return entry
}

const run = (command: string, args: readonly string[]): string => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (error) throw error
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr.trim()}`)
  return stdout
}

/** The directory of an unpacked package; downloaded once, kept in `node_modules/.cache`. */
export const foreignPackage = (root: string, name: string): string => {
  const { version, integrity } = locked(root, name)
  const cache = join(root, 'node_modules/.cache/tsrun')
  const directory = join(cache, `${name.replace(/^@/, '').replace('/', '-')}-${version}`)
  if (existsSync(directory)) return directory
  mkdirSync(cache, { recursive: true })
  const [packed] = JSON.parse(
    run('npm', ['pack', '--json', '--pack-destination', cache, `${name}@${version}`]),
  ) as readonly Packed[]
  if (packed?.integrity !== integrity) {
    throw new Error(`${name}@${version} is not the file package-lock.json names`)
  }
  const unpacking = `${directory}.${process.pid}`
  mkdirSync(unpacking)
  run('tar', [
    '-xzf',
    join(cache, packed.filename),
    '-C',
    unpacking,
    '--strip-components=1',
    '--no-same-owner',
  ])
  renameSync(unpacking, directory)
  rmSync(join(cache, packed.filename))
  return directory
}
