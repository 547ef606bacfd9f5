/** A caller who is not root: runtime.md as far as user_namespaces(7) lets it go. */
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
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

const SUBORDINATE = 200_000

/** The same user with a name and subordinate ids, by files that only this call sees. */
const asNamedUser = (box: Box): readonly string[] => {
  const files = {
    passwd: `root:x:0:0::/:/bin/sh\nconformance:x:${ID}:${ID}::/tmp:/bin/sh\n`,
    group: `root:x:0:\nconformance:x:${ID}:\n`,
    subuid: `conformance:${SUBORDINATE}:1000\n`,
    subgid: `conformance:${SUBORDINATE}:1000\n`,
  }
  const mounts = Object.entries(files).map(([name, text]) => {
    const file = join(box.directory, name)
    writeFileSync(file, text)
    return `mount --bind ${file} /etc/${name}`
  })
  const script = [...mounts, 'exec "$@"'].join(' && ')
  return ['unshare', '--mount', '/bin/sh', '-c', script, 'sh', ...asUser]
}

const mapSubordinates = (box: Box, first = SUBORDINATE): void => {
  for (const name of ['uidMappings', 'gidMappings']) {
    ;(box.config.linux[name] as object[]).push({ containerID: 1, hostID: first, size: 1000 })
  }
}

const needsNewuidmap = {
  skip: !existsSync('/usr/bin/newuidmap') && 'needs newuidmap (Debian: uidmap)',
}

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

conform(
  'subordinate ids are mapped by newuidmap and newgidmap',
  (t, box) => {
    give(box)
    mapSubordinates(box)
    box.config.process.user = { uid: 5, gid: 6 }
    const script = 'id -u; id -g; cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups'
    const { status, stdout, stderr } = box.sh(script, { wrap: asNamedUser(box) })
    t.equal(status, 0, stderr)
    const map = `0 ${ID} 1\n1 ${SUBORDINATE} 1000\n`
    t.equal(stdout.replace(/^ +/gm, '').replace(/ +/g, ' '), `5\n6\n${map}${map}allow\n`)
  },
  needsNewuidmap,
)

conform(
  'groups can be set where subordinate ones are mapped',
  (t, box) => {
    give(box)
    mapSubordinates(box)
    box.config.process.user = { uid: 5, gid: 6, additionalGids: [7, 8] }
    const { stdout, stderr } = box.sh('id -G', { wrap: asNamedUser(box) })
    t.equal(stdout, '6 7 8\n', stderr)
  },
  { ...needsNewuidmap, differs: { runc: 'refuses groups of every user', crun: 'leaves them out' } },
)

conform(
  'ids that were not granted: the error tells which',
  (t, box) => {
    give(box)
    mapSubordinates(box, SUBORDINATE + 1)
    const { status, stderr } = box.run({ wrap: asNamedUser(box) })
    t.ok(status > 0)
    t.match(stderr, /new[ug]idmap: [ug]id range \[1-1001\) -> \[200001-201001\) not allowed/)
  },
  needsNewuidmap,
)

conform(
  'without newuidmap: the error says so, and how to get it',
  (t, box) => {
    give(box)
    mapSubordinates(box)
    const { status, stderr } = box.run({ wrap: [...asUser, 'PATH=/nowhere'] })
    t.ok(status > 0)
    t.match(stderr, /newgidmap is not installed[^]*hint: install it/)
  },
  { differs: { runc: 'tells the errno', crun: 'tells the errno' } },
)

conform('groups where setgroups(2) is denied: an error', (t, box) => {
  give(box)
  box.config.process.user = { uid: 0, gid: 0, additionalGids: [0] }
  const { status, stderr } = box.run(options)
  t.ok(status > 0)
  t.match(stderr, /additional group/)
})

conform('a cgroup mount shows the cgroup that the container is in, read-only', (t, box) => {
  give(box)
  const destination = '/sys/fs/cgroup'
  box.config.mounts.push({ destination, type: 'cgroup', source: 'cgroup', options: ['ro'] })
  const script = `cd $(dirname $(find ${destination} -name cgroup.procs | head -n 1)) && pwd && mkdir x`
  const { stdout, stderr } = box.sh(script, options)
  t.match(stdout, /^\/sys\/fs\/cgroup/, stderr)
  t.match(stderr, /mkdir: .*(read-only|denied|not permitted)/i)
})

conform('hooks of all kinds', (t, box) => {
  give(box)
  const log = join(box.directory, 'log')
  writeFileSync(log, '')
  chmodSync(log, 0o666)
  const hook = (kind: string, file: string): object => ({
    path: '/bin/sh',
    args: ['sh', '-c', `echo ${kind} $(id -u) >> ${file}`],
    env: ['PATH=/bin:/usr/bin'],
  })
  const kinds = ['createRuntime', 'createContainer', 'poststart', 'poststop']
  box.config['hooks'] = {
    ...Object.fromEntries(kinds.map((kind) => [kind, [hook(kind, log)]])),
    startContainer: [hook('startContainer', '/dev/shm/log')],
  }
  const { status, stdout, stderr } = box.sh('cat /dev/shm/log', options)
  t.equal(status, 0, stderr)
  t.equal(stdout, 'startContainer 0\n')
  const ran = [`createRuntime ${ID}`, 'createContainer 0', `poststart ${ID}`, `poststop ${ID}`]
  t.same(readFileSync(log, 'utf8').trim().split('\n'), ran)
})

conform('exec into a container that was not started', (t, box) => {
  give(box)
  box.config.process.args = ['sleep', '100']
  const created = box.create([], options)
  t.equal(created.status, 0, created.stderr)
  const { status, stdout, stderr } = box.call(['exec', box.id, '/bin/sh', '-c', 'id -u'], options)
  t.equal(status, 0, stderr)
  t.equal(stdout, '0\n')
})

conform(
  'without a cgroup: processes are found, what needs one says so',
  (t, box) => {
    give(box)
    box.config.process.args = ['/bin/sh', '-c', 'sleep 100 & wait']
    t.equal(box.create([], options).status, 0)
    const call = (...args: string[]) => box.call(args, options)
    t.equal(call('start', box.id).status, 0)
    const { cgroup } = JSON.parse(readFileSync(join(box.state, box.id, 'state.json'), 'utf8'))
    if (Object.keys(cgroup.paths).length > 0) {
      t.pass('this host let the user make one')
      return
    }
    t.ok(JSON.parse(call('ps', '--format', 'json', box.id).stdout).length >= 1)
    for (const args of [
      ['pause', box.id],
      ['update', '--pids-limit', '5', box.id],
      ['events', '--stats', box.id],
    ]) {
      const { status, stderr } = call(...args)
      t.ok(status > 0, args.join(' '))
      t.match(stderr, /no cgroup of its own[^]*hint: .*Delegate=yes/, args.join(' '))
    }
    t.equal(call('kill', '--all', box.id, 'KILL').status, 0)
    t.ok(box.becomes('stopped'))
  },
  { differs: { runc: 'its state is another', crun: 'its state is another' } },
)

for (const [name, change, message] of [
  [
    'a file system that is not for users',
    (box: Box) => box.config.mounts.push({ destination: '/mnt', type: 'ext4', source: '/dev/x' }),
    /ext4|\/dev\/x/,
  ],
  [
    'sysfs of the host’s network namespace',
    (box: Box) => {
      const sys = box.config.mounts.find(({ destination }) => destination === '/sys')!
      Object.assign(sys, { type: 'sysfs', source: 'sysfs', options: ['ro'] })
      const { linux } = box.config
      linux.namespaces = linux.namespaces.filter(({ type }) => type !== 'network')
    },
    /sysfs[^]*(network|not permitted)/,
  ],
  [
    'a higher limit than the user’s',
    (box: Box) => {
      const limit = 2 ** 30
      box.config.process['rlimits'] = [{ type: 'RLIMIT_NOFILE', hard: limit, soft: limit }]
    },
    /rlimit|RLIMIT_NOFILE/,
  ],
  [
    'a lower score than the user’s',
    (box: Box) => (box.config.process['oomScoreAdj'] = -500),
    /oom_score_adj/,
  ],
  [
    'an id that is not mapped',
    (box: Box) => (box.config.process.user = { uid: 5, gid: 0 }),
    /mapped|invalid argument/i,
  ],
] as const) {
  conform(`${name}: an error that names it`, (t, box) => {
    give(box)
    change(box)
    const { status, stderr } = box.run(options)
    t.ok(status > 0)
    t.match(stderr, message)
  })
}

conform(
  'a time namespace with offsets',
  (t, box) => {
    give(box)
    box.config.linux.namespaces.push({ type: 'time' })
    box.config.linux['timeOffsets'] = { boottime: { secs: 1_000_000 } }
    const { status, stdout, stderr } = box.sh('cat /proc/uptime', options)
    t.equal(status, 0, stderr)
    t.ok(Number.parseFloat(stdout) > 1_000_000)
  },
  { differs: { runc: '1.1 has no time namespaces', crun: 'does without' } },
)

conform('exec as somebody who is not mapped, or in groups: an error', (t, box) => {
  give(box)
  box.config.process.args = ['sleep', '100']
  t.equal(box.create([], options).status, 0)
  const exec = (...flags: string[]) => box.call(['exec', ...flags, box.id, '/bin/true'], options)
  const unmapped = exec('--user', '5')
  t.equal(unmapped.status, 255)
  t.match(unmapped.stderr, /mapped/)
  const grouped = exec('--additional-gids', '9')
  t.equal(grouped.status, 255)
  t.match(grouped.stderr, /additional group/)
})
