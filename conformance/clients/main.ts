/**
 * `npm run conformance:clients -- [--runtime PATH] [--install] [--vm] [NAME…]`: the clients that call a runtime, with a
 * runtime under them, as TAP.
 *
 * Each in an enclosure of its own, which leaves nothing on the host. `--runtime runc` is the oracle. `--install` lets
 * apt-get install what a client lacks; without it, such a client is skipped. `--vm` tries them in a virtual machine.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { freshProgram } from '../../scripts/fresh.ts'
import { hasBusybox } from '../harness/rootfs.ts'
import { clients } from './clients.ts'
import type { Client } from './harness/client.ts'
import { enclose } from './harness/enclosure.ts'
import { Guest, whyNoGuest } from './vm/vm.ts'

const find = (program: string): string | undefined => {
  if (program.includes('/')) return existsSync(program) ? resolve(program) : undefined
  const places = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`.split(delimiter)
  return places.map((place) => join(place, program)).find((path) => existsSync(path))
}

const missing = ({ programs }: Client): string[] => [
  ...new Set(
    Object.entries(programs).flatMap(([name, its]) => (find(name) === undefined ? [its] : [])),
  ),
]

/** No daemon is to start by itself: with RUNLEVEL=1 Debian's packages leave theirs alone. */
const install = (packages: readonly string[]): void => {
  const args = [
    '-o',
    'DPkg::Lock::Timeout=300',
    'install',
    '-y',
    '--no-install-recommends',
    ...packages,
  ]
  spawnSync('apt-get', args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  })
}

const whyNot = (client: Client, mayInstall: boolean): string | undefined => {
  if (process.getuid?.() !== 0) return 'needs root'
  if (!hasBusybox()) return 'needs a static /bin/busybox (Debian: busybox-static)'
  if (mayInstall && missing(client).length > 0) install(missing(client))
  const lacking = missing(client)
  if (lacking.length === 0) return undefined
  return `needs ${lacking.join(' ')} (--install installs them)`
}

const tryClient = (client: Client, runtime: string): Promise<number> => {
  const inside = join(import.meta.dirname, 'harness/inside.ts')
  return enclose([process.execPath, ...process.execArgv, inside, client.name], {
    CLIENT_RUNTIME: runtime,
    ...(client.network === 'host' && { CLIENT_NETWORK: 'host' }),
  })
}

/** Where a client is tried. */
interface Ground {
  readonly whyNot: (client: Client) => string | undefined
  /** @returns the status of its steps */
  readonly try: (client: Client) => number | Promise<number>
}

/** @returns whether all went well */
const tryAll = async (chosen: readonly Client[], ground: Ground): Promise<boolean> => {
  let number = 0
  let failed = 0
  console.log(`TAP version 13\n1..${chosen.length}`)
  for (const client of chosen) {
    number++
    const why = ground.whyNot(client)
    if (why !== undefined) {
      console.log(`ok ${number} - ${client.name} # SKIP ${why}`)
      continue
    }
    const start = performance.now()
    console.log(`# Subtest: ${client.name}`)
    const status = await ground.try(client)
    if (status !== 0) failed++
    const time = (performance.now() - start).toFixed(0)
    console.log(`${status === 0 ? 'ok' : 'not ok'} ${number} - ${client.name} # time=${time}ms`)
  }
  return failed === 0
}

const tryHere = (runtime: string, mayInstall: boolean): Promise<boolean> =>
  tryAll(chosen, {
    whyNot: (client) => whyNot(client, mayInstall),
    try: (client) => tryClient(client, runtime),
  })

const tryInMachine = async (runtime: string): Promise<boolean> => {
  const fitting = chosen.filter(({ systemd }) => systemd === true)
  const why = whyNoGuest()
  if (why !== undefined) {
    console.log(`TAP version 13\n1..0 # SKIP ${why}`)
    return true
  }
  const guest = new Guest(fitting, runtime)
  try {
    return await tryAll(fitting, { whyNot: () => undefined, try: (client) => guest.try(client) })
  } finally {
    guest.remove()
  }
}

const { values, positionals } = parseArgs({
  options: {
    runtime: { type: 'string' },
    install: { type: 'boolean', default: false },
    vm: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})
const wanted = values.runtime ?? process.env['RUNTIME']
const runtime = wanted === undefined ? freshProgram() : find(wanted)
const unknown = positionals.filter((name) => !clients.some((client) => client.name === name))
if (runtime === undefined) throw new Error(`no runtime ${wanted}`)
if (unknown.length > 0) {
  const known = clients.map(({ name }) => name).join(' ')
  throw new Error(`no client ${unknown.join(', ')}; there are ${known}`)
}
const chosen = clients.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
const tryThem = values.vm ? tryInMachine(runtime) : tryHere(runtime, values.install)
process.exitCode = (await tryThem) ? 0 : 1
