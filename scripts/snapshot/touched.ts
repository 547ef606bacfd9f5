/**
 * Which pages of the snapshot a command writes to: `create` and `run`, and the others. The loader asks for all of them
 * at once, at 3 µs each; as page faults they take 4 to 5.5. One that is not needed costs as much. madvise(2)
 */
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode } from '../../lib/sys/error.ts'
import { close, waitOn, write } from '../../lib/sys/file.ts'
import { O_NONBLOCK } from '../../lib/sys/flags/open.ts'
import { pipe } from '../../lib/sys/pipe.ts'
import { sleep } from '../../lib/sys/time.ts'
import { isOwn, PAGE, type Mapping } from './memory.ts'

export interface Range {
  readonly address: number
  readonly length: number
}

/** What the loader asks for. */
export interface Touched {
  /** What those write to that make a container. */
  readonly byCreate: readonly Range[]
  /** What the others do: look up a container, and print. */
  readonly byOthers: readonly Range[]
}

const WRITABLE = 2
/** Of each: more than there are, and what there is room for. */
const MOST = 400
/** Milliseconds until a command does what is waited for. */
const PATIENCE = 5000

/** Nothing more can be written to it: who tries waits. */
const fill = (pipeEnd: number): void => {
  waitOn(pipeEnd, O_NONBLOCK)
  try {
    for (;;) write(pipeEnd, Buffer.alloc(PAGE), PAGE)
  } catch (error) {
    if (!hasCode(error, 'EAGAIN')) throw error
  }
  waitOn(pipeEnd)
}

/** proc(5): the number of the call that it is in, and the first argument. */
const isPrinting = (pid: number): boolean =>
  readFileSync(`/proc/${pid}/syscall`, 'latin1').startsWith('1 0x1 ')

/** @returns whether it is so before long */
const waitUntil = (isSo: () => boolean): boolean => {
  const end = Date.now() + PATIENCE
  while (!isSo()) {
    if (Date.now() > end) return false
    sleep(1)
  }
  return true
}

/** Pages that are the process's own. */
const rangesOf = (pagemap: number, { address, length }: Mapping): readonly Range[] => {
  const entries = Buffer.alloc((length / PAGE) * 8)
  readSync(pagemap, entries, 0, entries.length, (address / PAGE) * 8)
  const ranges: { readonly address: number; length: number }[] = []
  for (let page = 0; page < length / PAGE; page++) {
    if (!isOwn(entries.readBigUInt64LE(page * 8))) continue
    const at = address + page * PAGE
    const last = ranges.at(-1)
    if (last && last.address + last.length === at) last.length += PAGE
    else ranges.push({ address: at, length: PAGE })
  }
  return ranges
}

const writtenBy = (pid: number, mappings: readonly Mapping[]): readonly Range[] => {
  const pagemap = openSync(`/proc/${pid}/pagemap`, 'r')
  try {
    return mappings
      .filter(({ protection, offset }) => (protection & WRITABLE) !== 0 && offset > 0)
      .flatMap((mapping) => rangesOf(pagemap, mapping))
      .slice(0, MOST)
  } finally {
    closeSync(pagemap)
  }
}

/** A program that starts from the snapshot, and what it makes containers of. */
interface Warm {
  readonly program: string
  /** Where `writeBundles` was. */
  readonly directory: string
  readonly mappings: readonly Mapping[]
}

const MADE = 'made'
const RUN = 'run'

const argumentsOf = ({ directory }: Warm, command: readonly string[]): readonly string[] => [
  '--root',
  join(directory, 'touched'),
  ...command,
]

/** @returns whether the command did what it was told to */
const does = (warm: Warm, ...command: readonly string[]): boolean =>
  spawnSync(warm.program, argumentsOf(warm, command), { stdio: 'ignore' }).status === 0

const bundleOf = ({ directory }: Warm): string => join(directory, 'stays')

/** Of a command that has something to print; none where it does not come to that. */
const whenPrinting = (warm: Warm, command: readonly string[]): readonly Range[] => {
  const [reader, writer] = pipe()
  let child
  try {
    fill(writer)
    child = spawn(warm.program, argumentsOf(warm, command), { stdio: ['ignore', writer, 'ignore'] })
    const pid = child.pid!
    return waitUntil(() => isPrinting(pid)) ? writtenBy(pid, warm.mappings) : []
  } finally {
    child?.kill('SIGKILL')
    close(reader)
    close(writer)
  }
}

/** Of `run`, which waits for its container then; none where that does not run before long. */
const whenRunning = (warm: Warm): readonly Range[] => {
  const command = argumentsOf(warm, ['run', '--bundle', bundleOf(warm), RUN])
  const child = spawn(warm.program, command, { stdio: 'ignore' })
  try {
    const isRunning = waitUntil(() => does(warm, 'exec', RUN, '/bin/true'))
    return isRunning ? writtenBy(child.pid!, warm.mappings) : []
  } finally {
    child.kill('SIGKILL')
    does(warm, 'delete', '--force', RUN)
  }
}

export const touchedBy = (warm: Warm): Touched => {
  try {
    const isMade = does(warm, 'create', '--bundle', bundleOf(warm), MADE)
    // Without the rights to make a container it is what any start writes to.
    const byOthers = whenPrinting(warm, isMade ? ['state', MADE] : ['--version'])
    return { byOthers, byCreate: isMade ? whenRunning(warm) : byOthers }
  } finally {
    does(warm, 'delete', '--force', MADE)
  }
}
