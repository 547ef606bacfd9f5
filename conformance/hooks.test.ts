/** config.md#posix-platform-hooks: when they run, in which namespaces, with what. */
import { existsSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'
import { BUSYBOX } from './harness/rootfs.ts'
import type { Box } from './harness/box.ts'

const kinds = [
  'prestart',
  'createRuntime',
  'createContainer',
  'startContainer',
  'poststart',
  'poststop',
] as const
type Kind = (typeof kinds)[number]

/** Where the path of the hook is looked up. */
const shell = (kind: Kind): string => (kind === 'startContainer' ? '/bin/busybox' : BUSYBOX)

/** A file that hooks outside and inside reach by their own names. */
const logOf = (box: Box, kind: Kind): string =>
  kind === 'startContainer' ? '/tmp/log' : join(box.rootfs, 'tmp/log')

interface Hook {
  path: string
  args?: string[]
  env?: string[]
  timeout?: number
}

const script = (kind: Kind, text: string, more: object = {}): Hook => ({
  path: shell(kind),
  args: ['sh', '-c', text],
  env: ['PATH=/bin:/usr/bin'],
  ...more,
})

const read = (box: Box, name = 'log'): string => {
  const path = join(box.rootfs, 'tmp', name)
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

const hooksOf = (make: (kind: Kind) => Hook | Hook[]): Record<string, Hook[]> =>
  Object.fromEntries(kinds.map((kind) => [kind, [make(kind)].flat()]))

conform('all six, in the order of the specification, each in the order of its list', (t, box) => {
  box.config['hooks'] = hooksOf((kind) => [
    script(kind, `echo ${kind}-1 >> ${logOf(box, kind)}`),
    script(kind, `echo ${kind}-2 >> ${logOf(box, kind)}`),
  ])
  box.config.process.args = ['/bin/sh', '-c', 'echo program >> /tmp/log; sleep 100']
  const pairs = (...names: Kind[]): string[] => names.flatMap((name) => [`${name}-1`, `${name}-2`])
  t.equal(box.create().status, 0)
  const created = pairs('prestart', 'createRuntime', 'createContainer')
  t.strictSame(read(box).trim().split('\n'), created, 'with create')
  t.equal(box.start().status, 0)
  const lines = read(box).trim().split('\n')
  t.strictSame(lines.slice(6, 8), pairs('startContainer'), 'with start, before the program')
  t.strictSame(
    lines.slice(8).filter((line) => line !== 'program'),
    pairs('poststart'),
  )
  box.kill('KILL')
  t.ok(box.becomes('stopped'))
  t.notMatch(read(box), /poststop/, 'not when it ends')
  t.equal(box.delete().status, 0)
  t.strictSame(read(box).trim().split('\n').slice(-2), pairs('poststop'), 'with delete')
})

conform('run and delete --force call them, too', (t, box) => {
  box.config['hooks'] = hooksOf((kind) => script(kind, `echo ${kind} >> ${logOf(box, kind)}`))
  box.config.process.args = ['sleep', '100']
  t.equal(box.run({ flags: ['--detach'] }).status, 0)
  t.strictSame(read(box).trim().split('\n').length, 5)
  box.delete('--force')
  t.match(read(box), /poststop\n$/)
})

for (const [kind, status] of [
  ['prestart', /^creat(ing|ed)$/],
  ['createRuntime', /^creat(ing|ed)$/],
  ['createContainer', /^creat(ing|ed)$/],
  ['startContainer', /^created$/],
  ['poststart', /^running$/],
  ['poststop', /^stopped$/],
] as const) {
  conform(`${kind}: the state is on its standard input`, (t, box) => {
    box.config['annotations'] = { 'org.example.a': 'b' }
    box.config['hooks'] = { [kind]: [script(kind, `cat > ${logOf(box, kind)}`)] }
    box.config.process.args = ['sleep', '100']
    t.equal(box.run({ flags: ['--detach'] }).status, 0)
    box.delete('--force')
    const state = JSON.parse(read(box))
    t.match(state, {
      ociVersion: /^1\./,
      id: box.id,
      status,
      bundle: box.bundle,
      annotations: { 'org.example.a': 'b' },
    })
    if (kind !== 'poststop') t.ok(state.pid > 0, 'with a pid')
  })

  const inside = kind === 'createContainer' || kind === 'startContainer'
  conform(`${kind} runs in the namespaces of the ${inside ? 'container' : 'runtime'}`, (t, box) => {
    const names = ['net', 'ipc', 'uts', 'mnt']
    const show = names.map((name) => `readlink /proc/self/ns/${name}`).join(';')
    box.config['hooks'] = { [kind]: [script(kind, `(${show}) > ${logOf(box, kind)}`)] }
    box.config.process.args = ['sleep', '100']
    t.equal(box.run({ flags: ['--detach'] }).status, 0)
    const { pid } = box.stateNow()!
    const theirs = names.map((name) => readlinkSync(`/proc/${pid}/ns/${name}`))
    const ours = names.map((name) => readlinkSync(`/proc/self/ns/${name}`))
    box.delete('--force')
    const seen = read(box).trim().split('\n')
    t.strictSame(seen, inside ? theirs : ours)
  })

  conform(`${kind}: the environment is as given, and the arguments, too`, (t, box) => {
    const env = ['A=1', 'B=', 'C=x y=z', 'PATH=/bin:/usr/bin']
    const log = logOf(box, kind)
    box.config['hooks'] = {
      [kind]: [
        {
          path: shell(kind),
          args: [
            'sh',
            '-c',
            `tr '\\0' '\\n' < /proc/self/environ > ${log}; echo "$0,$1,$2" >> ${log}`,
            'a b',
            '',
            '*',
          ],
          env,
        },
      ],
    }
    const { status, stderr } = box.run({ env: { HOST_SECRET: 'x' } })
    t.equal(status, 0, stderr)
    t.strictSame(read(box).split('\n'), [...env, 'a b,,*', ''])
  })

  conform(`${kind} has no descriptors of the runtime’s`, (t, box) => {
    const log = logOf(box, kind)
    box.config['hooks'] = {
      [kind]: [script(kind, `{ (for f in /proc/$$/fd/*; do echo \${f##*/}; done); :; } > ${log}`)],
    }
    t.equal(box.run().status, 0)
    t.strictSame(
      read(box)
        .trim()
        .split('\n')
        .filter((fd) => Number(fd) > 2 && fd !== '10'),
      [],
    )
  })
}

conform('createContainer runs before the root is changed, and sees its mounts', (t, box) => {
  const log = join(box.rootfs, 'tmp/log')
  box.config['hooks'] = {
    createContainer: [
      script(
        'createContainer',
        `{ test -e ${box.bundle}/config.json && echo host; grep -c " ${box.rootfs}/dev/shm " /proc/self/mountinfo; } > ${log}`,
      ),
    ],
  }
  t.equal(box.run().status, 0)
  t.equal(read(box), 'host\n1\n')
})

conform('what createContainer mounts is there for the program', (t, box) => {
  const source = join(box.directory, 'source')
  writeFileSync(source, 'text')
  box.config['hooks'] = {
    createContainer: [
      script('createContainer', `mount -o bind ${source} ${box.rootfs}/etc/passwd`),
    ],
  }
  t.equal(box.sh('cat /etc/passwd').stdout, 'text')
  t.notMatch(readFileSync('/proc/self/mountinfo', 'utf8'), box.rootfs, 'and not on the host')
})

conform('createRuntime can use the container’s namespaces by its pid', (t, box) => {
  box.config['hooks'] = {
    createRuntime: [
      script(
        'createRuntime',
        `pid=$(sed 's/.*"pid": *\\([0-9]*\\).*/\\1/'); nsenter -t $pid -n -- ${BUSYBOX} ip link add name eth7 type dummy || nsenter -t $pid -u -- hostname by-hook; readlink /proc/$pid/ns/net > ${logOf(box, 'createRuntime')}`,
      ),
    ],
  }
  const { stdout, stderr } = box.sh('readlink /proc/self/ns/net')
  t.equal(read(box), stdout, stderr)
})

conform('a hook without args and env', (t, box) => {
  box.config['hooks'] = {
    createRuntime: [{ path: '/bin/true' }],
    poststop: [{ path: '/bin/true' }],
  }
  const { status, stderr } = box.run()
  t.equal(status, 0, stderr)
})

conform('args[0] is the name of the program, not its path', (t, box) => {
  const log = logOf(box, 'createRuntime')
  box.config['hooks'] = {
    createRuntime: [
      { path: BUSYBOX, args: ['sh', '-c', `tr '\\0' ' ' < /proc/$$/cmdline > ${log}; :`] },
    ],
  }
  t.equal(box.run().status, 0)
  t.match(read(box), /^sh -c/)
})

conform('a hook that does not read its input', (t, box) => {
  box.config['annotations'] = { long: 'x'.repeat(200_000) }
  box.config['hooks'] = hooksOf((kind) => script(kind, 'exec <&-; true'))
  const { status, stderr } = box.run()
  t.equal(status, 0, stderr)
})

conform('a hook that writes more than a pipe holds', (t, box) => {
  box.config['hooks'] = hooksOf((kind) =>
    script(kind, 'yes | head -n 100000; yes | head -n 100000 >&2'),
  )
  const { status, stderr } = box.run()
  t.equal(status, 0, stderr.slice(0, 200))
})

conform('a hook that leaves a process behind does not hold the runtime up', (t, box) => {
  const begin = Date.now()
  const log = logOf(box, 'createRuntime')
  box.config['hooks'] = {
    createRuntime: [
      script('createRuntime', `(exec <&- >&- 2>&-; exec sleep 20) & echo $! > ${log}`, {
        timeout: 10,
      }),
    ],
  }
  t.equal(box.run().status, 0)
  t.ok(Date.now() - begin < 10_000)
  process.kill(Number(read(box)), 'SIGKILL')
})

conform('a timeout that is not reached', (t, box) => {
  box.config['hooks'] = hooksOf((kind) =>
    script(kind, `echo ${kind} >> ${logOf(box, kind)}`, { timeout: 10 }),
  )
  t.equal(box.run().status, 0)
  t.equal(read(box).trim().split('\n').length, 6)
})

conform('a hook’s working directory is not inside the root filesystem', (t, box) => {
  const log = logOf(box, 'createRuntime')
  box.config['hooks'] = { createRuntime: [script('createRuntime', `pwd > ${log}`)] }
  t.equal(box.run().status, 0)
  t.notMatch(read(box), box.rootfs)
})
