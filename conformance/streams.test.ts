/** The standard streams as files: /dev/stdout, /dev/stderr. Whoever the program is, it may open its own. */
import { chmodSync, closeSync, openSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { conform } from './harness/conform.ts'
import type { Box } from './harness/box.ts'
import { addUserNamespace } from './harness/config.ts'

const OPENS = 'echo out > /dev/stdout; echo err > /dev/stderr'

/** All of the runtime's streams pipes, as engines have them. */
const piped = ['/bin/sh', '-c', '"$@" 2>&1 </dev/null | cat', 'sh']

/** Root of it must get to its bundle. */
const mapRoot = (box: Box): void => {
  addUserNamespace(box.config)
  chmodSync(box.directory, 0o755)
}

/** Not all runtimes pass the program its streams as they are, and two that are copied have no order. */
const lines = (text: string): string[] => text.trimEnd().split('\n').toSorted()

const asUser = (box: Box): void => {
  box.config.process.user = { uid: 1000, gid: 1000 }
}

conform('run: pipes, as a user', (t, box) => {
  asUser(box)
  t.strictSame(lines(box.sh(OPENS, { wrap: piped }).stdout), ['err', 'out'])
})

conform('run: files, as a user', (t, box) => {
  asUser(box)
  const { stdout, stderr } = box.sh('echo out >> /dev/stdout; echo err >> /dev/stderr')
  t.strictSame(lines(stdout + stderr), ['err', 'out'])
})

conform('run: pipes, as a user of a user namespace', (t, box) => {
  mapRoot(box)
  asUser(box)
  t.strictSame(lines(box.sh(OPENS, { wrap: piped }).stdout), ['err', 'out'])
})

conform(
  'run: pipes, as root of a user namespace',
  (t, box) => {
    mapRoot(box)
    t.strictSame(lines(box.sh(OPENS, { wrap: piped }).stdout), ['err', 'out'])
  },
  { differs: { crun: 'leaves them as they are' } },
)

conform('create and start: pipes, as a user', (t, box) => {
  asUser(box)
  box.config.process.args = ['/bin/sh', '-c', OPENS]
  box.save()
  // The wrapped line is RUNTIME --root DIR, and both calls have the same streams.
  const both = `("$@" create --bundle '${box.bundle}' ${box.id} && "$@" start ${box.id}) 2>&1 </dev/null | cat`
  const wrap = ['/bin/sh', '-c', both, 'sh']
  t.strictSame(lines(box.call([], { wrap }).stdout), ['err', 'out'])
})

for (const [name, flags] of [
  ['as a user', ['--user', '1000']],
  ['as another user than the container’s', ['--user', '5:6']],
] as const) {
  conform(
    `exec: pipes, ${name}`,
    (t, box) => {
      box.config.process.args = ['sleep', '100']
      box.create()
      box.start()
      const { stdout } = box.call(['exec', ...flags, box.id, 'sh', '-c', OPENS], { wrap: piped })
      t.strictSame(lines(stdout), ['err', 'out'])
    },
    { differs: { crun: '1.8 gives the host’s /dev/null away' } },
  )
}

conform(
  'exec: pipes, in a user namespace',
  (t, box) => {
    mapRoot(box)
    box.config.process.args = ['sleep', '100']
    box.create()
    box.start()
    const { stdout } = box.call(['exec', '--user', '7', box.id, 'sh', '-c', OPENS], { wrap: piped })
    t.strictSame(lines(stdout), ['err', 'out'])
  },
  { differs: { crun: 'leaves them as they are' } },
)

conform(
  'what is not for the program alone keeps its owner: /dev/null, and a file’s group',
  (t, box) => {
    asUser(box)
    const path = join(box.directory, 'output')
    const file = openSync(path, 'w', 0o640)
    const { gid } = statSync(path)
    const owner = statSync('/dev/null').uid
    box.sh('true', { wrap: ['/bin/sh', '-c', `"$@" > '${path}' 2>&1 </dev/null`, 'sh'] })
    closeSync(file)
    t.equal(statSync('/dev/null').uid, owner)
    t.equal(statSync(path).gid, gid)
    t.equal(readFileSync(path, 'utf8'), '')
  },
  { differs: { crun: 'changes the group, too' } },
)

conform(
  'streams that are closed are no error',
  (t, box) => {
    asUser(box)
    const { status, stderr } = box.sh('exit 3', { wrap: ['/bin/sh', '-c', '"$@" >&-', 'sh'] })
    t.equal(status, 3, stderr)
  },
  { differs: { crun: '1.8 takes the number for a file of its own' } },
)
