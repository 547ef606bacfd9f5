/**
 * `guest CLIENT`: takes a client's steps in a virtual machine, which has neither Node nor the sources. Compiled.
 *
 * The machine is thrown away, so that nothing is private here, and nothing is cleaned up. It runs in the directory that
 * vm.ts made: the clients' packages, the runtime, the pages.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { clients } from '../clients.ts'
import { filesOf, forSystemd } from '../harness/documentation.ts'
import { Host } from '../harness/host.ts'

const RUNTIME = '/usr/local/bin'
const DIRECTORY = '/var/tmp/client'

const client = clients.find(({ name }) => name === process.argv[2])
if (!client) throw new Error(`no client ${process.argv[2]}`)

execFileSync('tar', ['-C', '/', '--keep-directory-symlink', '-xf', 'packages.tar'])
mkdirSync(RUNTIME, { recursive: true })
for (const name of ['tsrun', 'koffi.node']) {
  if (existsSync(name)) copyFileSync(name, join(RUNTIME, name))
}
mkdirSync(DIRECTORY)
chmodSync(DIRECTORY, 0o755)

const host = new Host(DIRECTORY, { systemd: true, slowness: 5, crowd: 6 })
if (client.page !== undefined) {
  for (const [path, text] of filesOf(client.page)) {
    if (path.startsWith('/')) host.write(path, forSystemd(text))
  }
}
await client.run(host)
process.exitCode = host.end() ? 0 : 1
