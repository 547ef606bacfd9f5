/** A caller who is not root: runtime.md as far as user_namespaces(7) lets it go. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'
import type { Box } from './harness/box.ts'

const ID = 1234
/** The same call, as somebody else, with a state directory of theirs. */
const asUser = [
  'setpriv',
  `--reuid=${ID}`,
  `--regid=${ID}`,
  '--clear-groups',
  '--inh-caps=-all',
  'env',
  'HOME=/tmp',
]

/** A bundle that belongs to the caller, and nothing that takes more than a user namespace. */
const give = (box: Box): void => {
  delete box.config.linux.cgroupsPath
  box.config.linux.namespaces.push({ type: 'user' })
  box.config.linux['uidMappings'] = [{ containerID: 0, hostID: ID, size: 1 }]
  box.config.linux['gidMappings'] = [{ containerID: 0, hostID: ID, size: 1 }]
  const sys = box.config.mounts.find(({ destination }) => destination === '/sys')!
  Object.assign(sys, { type: 'none', source: '/sys', options: ['rbind', 'ro'] })
  mkdirSync(box.state)
  writeFileSync(join(box.bundle, 'config.json'), '{}')
  execFileSync('chown', ['-R', `${ID}:${ID}`, box.directory])
  chmodSync(box.directory, 0o755)
}

const options = { wrap: asUser }

conform('run', (t, box) => {
  give(box)
  const { status, stdout, stderr } = box.sh('id -u; cat /proc/self/uid_map; exit 6', options)
  t.equal(status, 6, stderr)
  t.match(stdout, /^0\n\s+0\s+1234\s+1\n$/)
})

conform('create, start, state, exec, kill, delete', (t, box) => {
  give(box)
  box.config.process.args = ['sleep', '100']
  const created = box.create([], options)
  t.equal(created.status, 0, created.stderr)
  const call = (...args: string[]) => box.call(args, options)
  t.equal(call('start', box.id).status, 0)
  const state = JSON.parse(call('state', box.id).stdout)
  t.equal(state.status, 'running')
  t.match(readFileSync(`/proc/${state.pid}/status`, 'utf8'), /^Uid:\t1234\t1234/m)
  const exec = call('exec', box.id, '/bin/sh', '-c', 'id -u; exit 4')
  t.match(exec, { status: 4, stdout: '0\n' }, exec.stderr)
  t.equal(call('kill', box.id, 'KILL').status, 0)
  t.ok(box.becomes('stopped'))
  t.equal(call('delete', box.id).status, 0)
})

conform('spec --rootless is a config that works', (t, box) => {
  give(box)
  const made = join(box.directory, 'made')
  mkdirSync(made)
  execFileSync('chown', [`${ID}:${ID}`, made])
  const wrap = [...asUser, '/bin/sh', '-c', `cd ${made} && exec "$@"`, 'sh']
  t.equal(box.call(['spec', '--rootless'], { wrap }).status, 0)
  const config = JSON.parse(readFileSync(join(made, 'config.json'), 'utf8'))
  t.match(config.linux.uidMappings, [{ containerID: 0, hostID: ID, size: 1 }])
  t.ok(config.linux.namespaces.some(({ type }: { type: string }) => type === 'user'))
  config.process.terminal = false
  config.process.env.push(`CONFORMANCE=${box.id}`)
  config.root.path = box.rootfs
  Object.assign(box.config, config)
  const { status, stdout, stderr } = box.sh('echo ran', options)
  t.equal(stdout, 'ran\n', `${status} ${stderr}`)
})

conform('without a user namespace: an error that says what is missing', (t, box) => {
  give(box)
  box.config.linux.namespaces = box.config.linux.namespaces.filter(({ type }) => type !== 'user')
  delete box.config.linux['uidMappings']
  delete box.config.linux['gidMappings']
  const { status, stderr } = box.run(options)
  t.ok(status > 0)
  t.match(stderr, /user namespace|root|not permitted/i)
})

conform('mappings of ids that are not the caller’s: an error', (t, box) => {
  give(box)
  box.config.linux['uidMappings'] = [{ containerID: 0, hostID: 0, size: 1 }]
  const { status, stderr } = box.run(options)
  t.ok(status > 0)
  t.match(stderr, /\S/)
})

conform('limits where no cgroup is delegated: an error or a warning, no hang', (t, box) => {
  give(box)
  box.config.linux['resources'] = { memory: { limit: 67108864 } }
  const { status, stderr } = box.run(options)
  t.ok(status >= 0)
  if (status !== 0) t.match(stderr, /cgroup|memory/i)
})

conform('a state directory that cannot be written', (t, box) => {
  give(box)
  chmodSync(box.state, 0o500)
  execFileSync('chown', ['0:0', box.state])
  t.not(box.run(options).status, 0)
})

conform('the container has no power over what is not the caller’s', (t, box) => {
  give(box)
  const outside = join(box.directory, 'secret')
  writeFileSync(outside, 'text', { mode: 0o600 })
  box.config.mounts.push({ destination: '/mnt/secret', source: outside, options: ['bind'] })
  const { status, stdout } = box.sh('cat /mnt/secret', options)
  t.not(status, 0)
  t.equal(stdout, '')
})

conform('a terminal’s devices and a tmpfs are there', (t, box) => {
  give(box)
  const { status, stdout, stderr } = box.sh(
    'echo x > /dev/null && head -c 2 /dev/zero | wc -c && touch /dev/shm/x && test -c /dev/urandom && echo end',
    options,
  )
  t.equal(status, 0, stderr)
  t.match(stdout, /end/)
})
