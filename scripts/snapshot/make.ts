/** Runs the program until it is warm and stops, and makes a snapshot of what is in its memory. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sleep } from '../../lib/sys/time.ts'
import type { Stopped } from '../../lib/sys/snapshot/stop.ts'
import { writeBundles } from './bundle.ts'
import { ProcessMemory, regionsOf, STACK_SIZE, type Mapping } from './memory.ts'
import { slotOf } from '../elf.ts'
import type { Library, Snapshot } from './place.ts'
import { touchedBy } from './touched.ts'

/**
 * Below this number descriptors are taken while the snapshot is made, so that those which the engine keeps have
 * numbers that nobody has in a process that goes on from it.
 */
const ENGINES_FDS = 900

/** One thread alone goes on. What these say to the engine stays in force from the snapshot on. */
const oneThread = { BUN_JSC_useConcurrentGC: '0', BUN_JSC_numberOfGCMarkers: '1' }
/** Bytes, for functions of JavaScript: half of what the snapshot has. Five times as much is the engine's own choice. */
const smallStack = { BUN_JSC_maxPerThreadStackUsage: String(STACK_SIZE / 2) }
/** rseq(2): the kernel would have to be told of it again. */
const noRseq = { GLIBC_TUNABLES: 'glibc.pthread.rseq=0' }

/**
 * Memory begins below what the stack may grow to (setrlimit(2): RLIMIT_STACK, KiB). 20 TiB are far from where a new
 * process has what the kernel gives it: its vDSO lies anywhere in the first TiB.
 */
const FAR_DOWN = 'ulimit -S -s 21474836480 2>/dev/null; exec "$0" "$@"'

/** Seconds. */
const PATIENCE = 60

const stateOf = (pid: number): string | undefined =>
  /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1]

/** @throws Error when it ends instead */
const awaitStop = (pid: number): void => {
  for (let left = PATIENCE * 200; left > 0; left--) {
    const state = stateOf(pid)
    if (state === 'T') return
    if (state === 'Z') throw new Error('the program ended before it was warm')
    sleep(5)
  }
  throw new Error(`the program was not warm within ${PATIENCE} s`)
}

const start = (program: string, directory: string): ChildProcess => {
  const [nothing, output] = [openSync('/dev/null', 'r+'), openSync(join(directory, 'said'), 'w')]
  const others = Array<number>(ENGINES_FDS - 3).fill(nothing)
  try {
    return spawn('/bin/sh', ['-c', FAR_DOWN, program, '@snapshot', directory], {
      cwd: '/',
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...oneThread, ...smallStack, ...noRseq },
      stdio: [nothing, output, nothing, ...others],
    })
  } finally {
    closeSync(nothing)
    closeSync(output)
  }
}

const libraryOf = (path: string): Library => {
  const { size, mtimeNs } = statSync(path, { bigint: true })
  return {
    path,
    size: Number(size),
    seconds: Number(mtimeNs / 1_000_000_000n),
    nanoseconds: Number(mtimeNs % 1_000_000_000n),
  }
}

const FS_BASE = 56
const THREAD_ID = 64
/** More than glibc's struct pthread has before its thread id. */
const THREAD_SIZE = 2048

/** Where the C library has the id of the thread that is process `pid`: the next one has another. */
const threadIdAddress = (memory: ProcessMemory, pointer: number, pid: number): number => {
  const thread = memory.read(pointer, THREAD_SIZE)
  const found: number[] = []
  for (let at = 0; at < THREAD_SIZE; at += 4) if (thread.readInt32LE(at) === pid) found.push(at)
  if (found.length !== 1) throw new Error(`the thread id is at ${found.length} places`)
  return pointer + found[0]!
}

const put = (
  snapshot: Buffer,
  mappings: readonly Mapping[],
  address: number,
  value: number,
): void => {
  // The last one to be mapped there is the one that counts.
  const mapping = mappings.findLast(
    (one) => address >= one.address && address < one.address + one.length,
  )!
  snapshot.writeBigUInt64LE(BigInt(value), mapping.offset + address - mapping.address)
}

const take = (program: string, pid: number, { state, forget, processor }: Stopped): Snapshot => {
  const threads = readdirSync(`/proc/${pid}/task`).length
  if (threads !== 1) throw new Error(`${threads} threads, and one can go on`)
  const regions = regionsOf(pid)
  const memory = new ProcessMemory(pid, program)
  try {
    const address = Number(state)
    const mappings = memory.mapAll(regions)
    const bytes = memory.snapshot
    const pointer = Number(memory.read(address + FS_BASE, 8).readBigUInt64LE())
    put(bytes, mappings, address + THREAD_ID, threadIdAddress(memory, pointer, pid))
    put(bytes, mappings, slotOf(readFileSync(program), 'madvise'), Number(forget))
    const files = new Set(
      regions.map(({ name }) => name).filter((name) => /^\/.*\.so\b/.test(name)),
    )
    return {
      state: address,
      processor: Buffer.from(processor.join(''), 'hex'),
      libraries: [...files].map(libraryOf),
      mappings,
      touched: { byCreate: [], byOthers: [] },
      bytes,
    }
  } finally {
    memory.close()
  }
}

/**
 * @param program an executable that starts cold
 * @param directory where `writeBundles` was
 */
const makeOnce = (program: string, directory: string): Snapshot => {
  const child = start(program, directory)
  try {
    const pid = child.pid!
    awaitStop(pid)
    const said = readFileSync(join(directory, 'said'), 'utf8').trim().split('\n').at(-1)!
    return take(program, pid, JSON.parse(said) as Stopped)
  } finally {
    child.kill('SIGKILL')
    // It is there where the program was ended on its way.
    spawnSync(program, ['--root', join(directory, 'state'), 'delete', '--force', 'c'])
  }
}

/** Twice, if need be: a thread of the engine's may be there that is gone the next time. */
const makeSnapshot = (program: string, directory: string): Snapshot => {
  try {
    return makeOnce(program, directory)
  } catch {
    return makeOnce(program, directory)
  }
}

/**
 * Makes `program`, an executable that starts cold, one that starts from a snapshot.
 * @param write replaces it by itself and a snapshot
 * @throws Error saying why there can be none
 */
export const addSnapshot = (program: string, write: (snapshot: Snapshot) => void): void => {
  const directory = mkdtempSync(join(tmpdir(), 'tsrun-snapshot-'))
  try {
    writeBundles(directory)
    const snapshot = makeSnapshot(program, directory)
    write(snapshot)
    const touched = touchedBy({ program, directory, mappings: snapshot.mappings })
    write({ ...snapshot, touched })
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
