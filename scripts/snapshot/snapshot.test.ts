/**
 * A process that starts from the snapshot behaves as one that starts cold, and where the snapshot cannot be had it
 * starts cold. Each case is run by both: `cold` is the same program without a snapshot.
 */
import { spawn, spawnSync, type SpawnSyncOptions } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import type { Config } from '../../lib/spec/types.ts'
import { codeSegment, E_ENTRY, P_OFFSET, P_VADDR, word } from '../elf.ts'

const root = join(import.meta.dirname, '../..')
const built = join(root, 'dist/tsrun')
const isRoot = process.getuid?.() === 0

// Not in a temporary directory's own mode: other users are to start what lies here.
const work = mkdtempSync(isRoot ? '/var/tmp/tsrun-' : '/tmp/tsrun-')
chmodSync(work, 0o755)
t.teardown(() => rmSync(work, { recursive: true }))

const MAPPING = 40
const FIXED_NOREPLACE = 0x10_0000n
/** The loader's instructions that begin so name its tables, in this order. */
const NAMES_TABLE = Buffer.from('41bd', 'hex')
const NAMES_STATE = 0xbd

/** Offsets of the loader's tables in the file. */
const tablesOf = (program: Buffer): { readonly state: number; readonly maps: number } => {
  const code = codeSegment(program)
  const offset = (address: number): number =>
    address - word(program, code + P_VADDR) + word(program, code + P_OFFSET)
  const start = offset(word(program, E_ENTRY))
  let maps = start
  for (let i = 0; i < 3; i++) maps = program.indexOf(NAMES_TABLE, maps) + 2
  const state = program.indexOf(NAMES_STATE, start) + 1
  return {
    state: offset(program.readUInt32LE(state)),
    maps: offset(program.readUInt32LE(maps)),
  }
}

const original = readFileSync(built)
const isPossible = process.arch === 'x64'
const tables = isPossible ? tablesOf(original) : { state: 0, maps: 0 }
const noSnapshot =
  isPossible && original.readBigUInt64LE(tables.state) !== 0n
    ? false
    : 'the program has no snapshot'
const noContainer = noSnapshot || (isRoot ? false : 'needs root: it makes a container')
const noOtherUser = noSnapshot || (isRoot ? false : 'needs root: it becomes another user')

/** A copy in a directory of its own. */
const copy = (name: string, bytes?: Buffer): string => {
  const program = join(work, name, 'tsrun')
  mkdirSync(dirname(program))
  copyFileSync(join(root, 'dist/koffi.node'), join(dirname(program), 'koffi.node'))
  if (bytes) writeFileSync(program, bytes, { mode: 0o755 })
  else copyFileSync(built, program)
  return program
}

const withoutSnapshot = (): Buffer => {
  const bytes = Buffer.from(original)
  bytes.writeBigUInt64LE(0n, tables.state)
  return bytes
}

/** The last piece that may collide is to lie where the program does. */
const withCollision = (): Buffer => {
  const bytes = Buffer.from(original)
  let last = 0
  for (let at = tables.maps; bytes.readBigUInt64LE(at) !== 0n; at += MAPPING) {
    if (bytes.readBigUInt64LE(at + 24) & FIXED_NOREPLACE) last = at
  }
  bytes.writeBigUInt64LE(bytes.readBigUInt64LE(E_ENTRY) & ~0xfffn, last)
  return bytes
}

const program = copy('snapshot')
const cold = noSnapshot ? program : copy('cold', withoutSnapshot())

interface Result {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

const run = (file: string, args: readonly string[], options: SpawnSyncOptions = {}): Result => {
  const { status, stdout, stderr } = spawnSync(file, args, {
    timeout: 60_000,
    killSignal: 'SIGKILL',
    cwd: '/',
    ...options,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

const PATH = '/usr/sbin:/usr/bin:/sbin:/bin'
/** Bash takes a socket for a login. @param script finds the program as $0 */
const shell = (script: string, file: string): Result =>
  run('/bin/bash', ['--norc', '-c', script, file], { env: { PATH } })

/** The dynamic linker lists libraries instead of starting; from the snapshot on nobody asks it. ld.so(8) */
const listing = { LD_TRACE_LOADED_OBJECTS: '1', PATH }
const startsCold = ({ stdout }: Result): boolean => stdout.includes('libc.so.6 =>')

type Tap = Pick<typeof t, 'equal' | 'ok' | 'same' | 'match' | 'notOk'>

/** @returns what both did */
const alike = (t: Tap, what: string, action: (file: string) => Result): Result => {
  const [mine, other] = [action(program), action(cold)]
  t.same(mine, other, what)
  return mine
}

const works = (t: Tap, what: string, { status, stdout, stderr }: Result): void => {
  t.equal(stderr, '', what)
  t.match(stdout, 'tsrun version', what)
  t.equal(status, 0, what)
}

t.test('what is compared', { skip: noSnapshot }, async (t) => {
  t.notOk(startsCold(run(program, ['--version'], { env: listing })), 'one has the snapshot')
  t.ok(startsCold(run(cold, ['--version'], { env: listing })), 'the other has not')
})

t.test('arguments and variables', { skip: noSnapshot }, async (t) => {
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`V${i}`, 'x'.repeat(99)]))
  const version = ['--version']
  works(
    t,
    'no variables',
    alike(t, 'none', (file) => run(file, version, { env: {} })),
  )
  works(
    t,
    '5000 variables',
    alike(t, 'many', (file) => run(file, version, { env: many })),
  )
  for (const argv0 of ['', 'another name']) {
    works(
      t,
      argv0,
      alike(t, `"${argv0}"`, (file) => run(file, version, { env: {}, argv0 })),
    )
  }
  const long = 'x'.repeat(100_000)
  const { stderr } = alike(t, 'a long argument', (file) => run(file, [long]))
  t.match(stderr, long)
  for (const count of [2045, 2046, 2047, 100_000]) {
    alike(t, `${count} arguments`, (file) =>
      run(file, ['state', ...Array<string>(count).fill('a')]),
    )
  }
  alike(t, 'variables that are none', (file) =>
    shell(`exec env -i =x A ==y $'B\\xff=\\xfe' C=1 C=2 "$0" --version`, file),
  )
  t.equal(run(program, ['@snapshot', work]).status, 3, 'nobody makes a snapshot of it')
})

t.test('a user whose id is a key of the auxiliary vector', { skip: noOtherUser }, async (t) => {
  for (const uid of [25, 31, 1000]) {
    const other = { uid, gid: uid }
    works(
      t,
      `user ${uid}`,
      alike(t, `user ${uid}`, (file) => run(file, ['--version'], other)),
    )
  }
})

t.test('closed streams', { skip: noSnapshot }, async (t) => {
  const closed = ['<&-', '>&-', '2>&-', '<&- >&-', '<&- 2>&-', '>&- 2>&-', '<&- >&- 2>&-']
  for (const streams of closed) {
    const { stdout } = alike(t, streams, (file) => shell(`"$0" state x ${streams}; echo $?`, file))
    t.equal(stdout, '1\n', streams)
  }
  const deaf = alike(t, 'nobody reads', (file) =>
    shell('"$0" --help | :; echo ${PIPESTATUS[0]}', file),
  )
  t.equal(deaf.stdout, '0\n')
})

/** Some start from the snapshot, some do not, as the kernel lays them out: all of them start. */
const STARTS = 20

t.test('layouts of memory', { skip: noSnapshot }, async (t) => {
  for (const before of [
    ':',
    'ulimit -s 64',
    'ulimit -s 256',
    'ulimit -s unlimited',
    'ulimit -l 0',
    'ulimit -n 10',
  ]) {
    for (let i = 0; i < STARTS; i++) works(t, before, shell(`${before}; "$0" --version`, program))
  }
  for (const options of ['-R', '-L', '-L -R', '-3', '-X', '-Z']) {
    for (let i = 0; i < STARTS; i++) {
      works(t, options, shell(`setarch x86_64 ${options} "$0" --version`, program))
    }
  }
})

t.test('limits on memory', { skip: noSnapshot }, async (t) => {
  for (const limit of ['-v 3000000', '-d 3000000']) {
    const script = `ulimit ${limit}; LD_TRACE_LOADED_OBJECTS=1 exec "$0"`
    t.ok(startsCold(shell(script, program)), `cold with ${limit}`)
  }
  // With less than a GiB an engine does not start at all.
  for (let mebibytes = 1024; mebibytes < 8192; mebibytes += 256) {
    const limit = `ulimit -v $((1024 * ${mebibytes}))`
    works(t, limit, shell(`${limit}; "$0" --version`, program))
  }
})

t.test('something lies in its place', { skip: noSnapshot }, async (t) => {
  const taken = copy('taken', withCollision())
  t.ok(startsCold(run(taken, [], { env: listing })))
  works(t, 'it starts', run(taken, ['--version']))
})

t.test('where it lies', { skip: noSnapshot }, async (t) => {
  works(t, 'a descriptor', shell('exec 9< "$0"; /proc/self/fd/9 --version', program))
  works(t, 'a link', shell(`ln -s "$0" ${work}/link; ${work}/link --version`, program))
  const removed = copy('removed')
  works(t, 'removed', shell('exec 9< "$0"; rm "$0"; /proc/self/fd/9 --version', removed))

  const shortened = copy('shortened')
  truncateSync(shortened, original.length - 4096)
  t.ok(startsCold(run(shortened, [], { env: listing })), 'cold without a part of the snapshot')
  works(t, 'shortened', run(shortened, ['--version']))
  const longer = copy('longer', Buffer.concat([original, Buffer.from('more')]))
  works(t, 'longer', run(longer, ['--version']))
})

t.test('one that its user may not read', { skip: noOtherUser }, async (t) => {
  const closed = copy('closed')
  chmodSync(closed, 0o711)
  works(t, 'it starts', run(closed, ['--version'], { uid: 1000, gid: 1000 }))
})

t.test('what the dynamic linker and the engine listen to', { skip: noSnapshot }, async (t) => {
  const variables = {
    LD_PRELOAD: '/nowhere/evil.so',
    LD_LIBRARY_PATH: work,
    LD_AUDIT: '/nowhere/evil.so',
    LD_DEBUG: 'all',
    BUN_JSC_bogus: '1',
    BUN_OPTIONS: '--preload=/nowhere/evil.js',
    GLIBC_TUNABLES: 'glibc.malloc.check=3',
    MALLOC_PERTURB_: '85',
  }
  works(t, 'it is not moved', run(program, ['--version'], { env: variables }))
})

/** @returns its directory */
const bundle = (name: string, change: (config: Config) => Config): string => {
  const directory = join(work, name)
  cpSync(join(root, 'bundles/hello'), directory, { recursive: true, verbatimSymlinks: true })
  const file = join(directory, 'config.json')
  const config = JSON.parse(readFileSync(file, 'utf8')) as Config
  // The script counts the processes of its own pipe, which are three or four: a race, and not what is compared.
  const args = ['/bin/sh', '-c', 'echo hello']
  writeFileSync(file, JSON.stringify(change({ ...config, process: { ...config.process!, args } })))
  return directory
}

let containers = 0
const runOf = (from: string): string =>
  `"$0" --root ${work}/state run --bundle ${from} snapshot-test-${process.pid}-${++containers}`

t.test('the environment of hooks', { skip: noContainer }, async (t) => {
  const said = join(work, 'environment')
  const path = '/usr/bin/sh'
  const hook = { path, args: ['sh', '-c', `env > ${said}; ulimit -S -n >> ${said}`] }
  const hooked = bundle('hooked', (config) => ({ ...config, hooks: { createRuntime: [hook] } }))
  const strange = `toString=1 __proto__=2 constructor=3 7=8 'a b=c' $'A=\xff'`
  alike(t, 'the run', (file) => shell(`env ${strange} ${runOf(hooked)} < /dev/null`, file))
  const told = (file: string): readonly string[] => {
    shell(`env -i ${strange} ${runOf(hooked)} < /dev/null`, file)
    return readFileSync(said, 'latin1').trim().split('\n').toSorted()
  }
  const mine = told(program)
  t.same(mine, told(cold))
  for (const name of ['toString=1', '__proto__=2', 'constructor=3']) t.ok(mine.includes(name), name)
})

t.test('few descriptors at first', { skip: noContainer }, async (t) => {
  const source = join(work, 'source')
  mkdirSync(source)
  const mounts = Array.from({ length: 100 }, (_, i) => ({
    destination: `/tmp/${i}`,
    type: 'bind',
    source,
    options: ['rbind', 'ro'],
  }))
  const tmp = { destination: '/tmp', type: 'tmpfs', source: 'tmpfs' }
  const mounting = bundle('mounting', (config) => ({
    ...config,
    mounts: [...(config.mounts ?? []), tmp, ...mounts],
  }))
  const result = alike(t, '100 mounts', (file) =>
    shell(`ulimit -S -n 64; ${runOf(mounting)}`, file),
  )
  t.equal(result.stderr, '')
  t.equal(result.status, 0)
})

/** Where the file is mapped above 4 GiB, and the program itself is not. proc(5) */
const snapshotPieces = (pid: number): readonly string[] =>
  readFileSync(`/proc/${pid}/maps`, 'utf8')
    .split('\n')
    .filter((line) => /^[\da-f]{9,}-.*\/tsrun$/.test(line))

t.test('what is left where something lay in its place', { skip: noContainer }, async (t) => {
  const waiting = bundle('waiting', (config) => ({
    ...config,
    process: { ...config.process!, terminal: false, args: ['/bin/sh', '-c', 'read x'] },
  }))
  const piecesOf = async (file: string): Promise<number> => {
    const child = spawn('/bin/sh', ['-c', `exec ${runOf(waiting)}`, file], { stdio: 'pipe' })
    try {
      // Until it is the program and waits.
      await wait(1000)
      return snapshotPieces(child.pid!).length
    } finally {
      child.stdin.end()
      await new Promise((resolve) => child.once('exit', resolve))
    }
  }
  t.ok((await piecesOf(program)) > 0, 'the snapshot is seen')
  t.equal(await piecesOf(join(work, 'taken/tsrun')), 0)
})
