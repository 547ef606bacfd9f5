/**
 * Which pages of the snapshot a command writes to, whatever it is: engine and tsrun do when they go on, read arguments
 * and look up a container. The loader asks for all of them at once, at 3 µs each; as page faults they take 5.5. Of
 * `state` that saves 9 %, of create to delete 5, of `run` 3 (60 and 25 in turns). madvise(2)
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

const WRITABLE = 2
/** More than there are, and what there is room for. */
const MOST = 400
/** Milliseconds until a command has something to print. */
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

/** @returns whether it does before long */
const awaitPrinting = (pid: number): boolean => {
  for (let left = PATIENCE; !isPrinting(pid); left--) {
    if (left === 0) return false
    sleep(1)
  }
  return true
}

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
  } finally {
    closeSync(pagemap)
  }
}

/**
 * @param program starts from the snapshot
 * @param directory where `writeBundles` was
 * @returns none where the program does not come to print anything
 */
export const touchedBy = (
  program: string,
  directory: string,
  mappings: readonly Mapping[],
): readonly Range[] => {
  const root = ['--root', join(directory, 'touched')]
  const quietly = (args: readonly string[]): boolean =>
    spawnSync(program, [...root, ...args], { stdio: 'ignore' }).status === 0
  const [reader, writer] = pipe()
  let child
  try {
    fill(writer)
    // Without the rights to make a container it is what any start writes to.
    const isMade = quietly(['create', '--bundle', join(directory, 'stays'), 'c'])
    const args = isMade ? [...root, 'state', 'c'] : ['--version']
    child = spawn(program, args, { stdio: ['ignore', writer, 'ignore'] })
    return awaitPrinting(child.pid!) ? writtenBy(child.pid!, mappings).slice(0, MOST) : []
  } finally {
    child?.kill('SIGKILL')
    quietly(['delete', '--force', 'c'])
    close(reader)
    close(writer)
  }
}
