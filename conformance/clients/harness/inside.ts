/**
 * `inside.ts CLIENT`: the first program in the enclosure. Makes the directories that clients write to private, puts
 * the runtime under test where the documentation has it, and takes the client's steps.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { clients } from '../clients.ts'
import { hierarchies, passControllersOn } from './cgroups.ts'
import { filesOf } from './documentation.ts'
import { Host } from './host.ts'

/** Where the pages say the runtime is. An oracle takes that name, too, so that the pages need no change. */
const RUNTIME = '/usr/local/bin/tsrun'

const directory = process.env['CLIENT_DIRECTORY'] ?? ''
const runtime = process.env['CLIENT_RUNTIME'] ?? ''
const client = clients.find(({ name }) => name === process.argv[2])
if (!client) throw new Error(`no client ${process.argv[2]}`)

const mount = (...args: readonly string[]): void => void execFileSync('mount', args)

/** Changes to it are seen inside only, and go with the enclosure. */
const overlay = (path: string): void => {
  const own = join(directory, 'overlays', path.replaceAll('/', '-'))
  for (const part of ['upper', 'work']) mkdirSync(join(own, part), { recursive: true })
  mount(
    '-t',
    'overlay',
    'overlay',
    '-o',
    `lowerdir=${path},upperdir=${own}/upper,workdir=${own}/work`,
    path,
  )
}

const seeOwnCgroups = (): void => {
  const found = hierarchies()
  // Also where v2 follows: the kernel does not mount a file system on itself (EBUSY).
  mount('-t', 'tmpfs', 'tmpfs', '/sys/fs/cgroup')
  for (const { path, mount: args } of found) {
    mkdirSync(path, { recursive: true })
    mount(...args, path)
  }
  passControllersOn()
}

mount('-t', 'tmpfs', 'tmpfs', directory)
chmodSync(directory, 0o755)
for (const path of ['/etc', '/home', '/opt', '/usr/local', '/var/lib']) overlay(path)
for (const path of ['/run', '/var/tmp']) mount('-t', 'tmpfs', 'tmpfs', path)
seeOwnCgroups()
// containerd and podman keep images below /var/lib, and an overlay cannot lie on an overlay.
for (const name of ['containerd', 'containers', 'docker']) {
  mkdirSync(join('/var/lib', name), { recursive: true })
  mount('-t', 'tmpfs', 'tmpfs', join('/var/lib', name))
}
execFileSync('ip', ['link', 'set', 'lo', 'up'])

for (const file of [runtime, join(dirname(runtime), 'koffi.node')]) {
  if (!existsSync(file)) continue
  const target = file === runtime ? RUNTIME : join(dirname(RUNTIME), basename(file))
  mkdirSync(dirname(target), { recursive: true })
  copyFileSync(file, target)
}

const host = new Host(directory)
if (client.page !== undefined) {
  for (const [path, text] of filesOf(client.page)) {
    if (path.startsWith('/')) host.write(path, text)
  }
}
await client.run(host)
process.exitCode = host.end() ? 0 : 1
