/**
 * `npm run conformance:clients -- --vm`: the same steps where systemd makes the cgroups and v2 alone is there, which is
 * what most hosts are; and more, of limits in scopes.
 *
 * The machine is not part of the project: TSRUN_VM names a program that runs a command in one, as for `npm run test:vm`.
 * The packages of the clients come from this host's apt, so the machine is of the same release of Debian.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findCompiler } from '../../../scripts/compiler.ts'
import type { Client } from '../harness/client.ts'
import { packArchive } from './packages.ts'

const root = join(import.meta.dirname, '../../..')
/** Seconds for one client, of which each container takes some without hardware virtualization. */
const TIMEOUT = '1800'

const isRunnable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** @returns why there is no machine to try clients in */
export const whyNoMachine = (): string | undefined => {
  const machine = process.env['TSRUN_VM'] ?? ''
  if (machine === '') return 'TSRUN_VM names no program that runs a command in a virtual machine'
  if (!isRunnable(machine)) return `TSRUN_VM is ${machine}, which cannot be run`
  if (!isRunnable('/usr/bin/apt-get')) return 'needs apt-get to fetch the clients for the machine'
  return undefined
}

/** A machine, its share, and the clients' packages in it. */
export class Guest {
  readonly #machine = process.env['TSRUN_VM'] ?? ''
  readonly #directory = mkdtempSync(join(tmpdir(), 'tsrun-clients-'))
  readonly #share = join(this.#directory, 'share')

  constructor(clients: readonly Client[], runtime: string) {
    cpSync(join(root, 'docs'), join(this.#share, 'docs'), { recursive: true })
    for (const path of [this.#directory, this.#share]) chmodSync(path, 0o755)
    copyFileSync(runtime, join(this.#share, 'tsrun'))
    const library = join(runtime, '../koffi.node')
    if (existsSync(library)) copyFileSync(library, join(this.#share, 'koffi.node'))
    const source = join(import.meta.dirname, 'guest.ts')
    const outfile = `--outfile=${join(this.#share, 'guest')}`
    execFileSync(findCompiler(root), ['build', '--compile', source, outfile], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#run('cp /var/lib/dpkg/status status')
    const names = new Set(clients.flatMap(({ programs }) => Object.values(programs)))
    packArchive(
      // Whatever they run, the image is unpacked with it.
      [...names, 'umoci'],
      join(this.#share, 'status'),
      this.#directory,
      join(this.#share, 'packages.tar'),
    )
  }

  #run(command: string): number {
    const args = ['--timeout', TIMEOUT, '--share', this.#share, '--', command]
    const { status, error } = spawnSync(this.#machine, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    if (error) throw error
    return status ?? 1
  }

  /** @returns the status of the client's steps, each client in a machine of its own */
  try({ name }: Client): number {
    return this.#run(`CLIENT_DOCS=$PWD/docs ./guest ${name}`)
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true })
  }
}
