/**
 * `npm run conformance:clients -- --vm`: the same steps where systemd makes the cgroups and v2 alone is there, which is
 * what most hosts are; and more, of limits in scopes.
 *
 * The machine is not part of the project: TSRUN_VM names a program that runs a command in one, as for `npm run test:vm`.
 * The packages of the clients come from this host's apt, so the machine is of the same release of Debian.
 */
import { chmodSync, copyFileSync, cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileForMachine, runInMachine, whyNoMachine } from '../../../scripts/machine.ts'
import type { Client } from '../harness/client.ts'
import { packArchive } from './packages.ts'

const root = join(import.meta.dirname, '../../..')
/** Seconds for one client, of which each container takes some without hardware virtualization. */
const TIMEOUT = 1800

/** @returns why clients cannot be tried in a machine */
export const whyNoGuest = (): string | undefined =>
  whyNoMachine() ??
  (existsSync('/usr/bin/apt-get')
    ? undefined
    : 'needs apt-get to fetch the clients for the machine')

/** A machine, its share, and the clients' packages in it. */
export class Guest {
  readonly #directory = mkdtempSync(join(tmpdir(), 'tsrun-clients-'))
  readonly #share = join(this.#directory, 'share')

  constructor(clients: readonly Client[], runtime: string) {
    cpSync(join(root, 'docs'), join(this.#share, 'docs'), { recursive: true })
    for (const path of [this.#directory, this.#share]) chmodSync(path, 0o755)
    copyFileSync(runtime, join(this.#share, 'tsrun'))
    const library = join(runtime, '../koffi.node')
    if (existsSync(library)) copyFileSync(library, join(this.#share, 'koffi.node'))
    compileForMachine(join(import.meta.dirname, 'guest.ts'), join(this.#share, 'guest'))
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
    return runInMachine(this.#share, TIMEOUT, command)
  }

  /** @returns the status of the client's steps, each client in a machine of its own */
  try({ name }: Client): number {
    return this.#run(`CLIENT_DOCS=$PWD/docs ./guest ${name}`)
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true })
  }
}
