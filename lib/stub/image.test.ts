import { spawn } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { EACCES, EBADF, ENOENT, ENOTDIR } from '../sys/errno.ts'
import { stubImage } from './image.ts'
import { parseRecords, type StubCall, type StubRecord } from './table.ts'
import t from 'tap'

interface Outcome {
  readonly status: number | null
  readonly records: readonly StubRecord[]
  readonly stdout: string
}

/** Node's `pipe` stdio are socket pairs: the stub's reports go to descriptor 3. */
const run = (dir: string, calls: readonly StubCall[]): Promise<Outcome> =>
  new Promise((resolve) => {
    const file = `${dir}/stub`
    writeFileSync(file, stubImage(calls, 3))
    chmodSync(file, 0o755)
    const child = spawn(file, { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] })
    const reports: Buffer[] = []
    const output: Buffer[] = []
    child.stdio[3]!.on('data', (chunk: Buffer) => reports.push(chunk))
    child.stdout!.on('data', (chunk: Buffer) => output.push(chunk))
    child.on('close', (status) =>
      resolve({
        status,
        records: parseRecords(Buffer.concat(reports)),
        stdout: Buffer.concat(output).toString(),
      }),
    )
  })

const say = (text: string): StubCall => ({
  call: 'write',
  args: [1, { text }, text.length],
  doing: 'write',
})
const exit = (status: number): StubCall => ({ call: 'exit_group', args: [status], doing: 'exit' })
const closeBad: StubCall = { call: 'close', args: [99], doing: 'close' }
const tryExec = (path: string, args: readonly string[] = [path]): StubCall => ({
  call: 'execve',
  args: [{ text: path }, { texts: args }, { texts: ['A=1'] }],
  doing: 'exec',
  tolerate: [ENOENT, EACCES, ENOTDIR],
})

t.test('calls are made in order', async (t) => {
  const outcome = await run(t.testdir({}), [say('one '), say('two'), exit(7)])
  t.same(outcome, { status: 7, records: [], stdout: 'one two' })
})

t.test('a failure is reported by index and errno and ends the stub', async (t) => {
  const outcome = await run(t.testdir({}), [say('a'), closeBad, say('b'), exit(0)])
  t.same(outcome, { status: 127, records: [{ index: 1, errno: EBADF }], stdout: 'a' })
})

t.test('a tolerated failure is reported and the stub goes on', async (t) => {
  const tolerant = { ...closeBad, tolerate: [EBADF] }
  const outcome = await run(t.testdir({}), [tolerant, say('b'), exit(3)])
  t.same(outcome, { status: 3, records: [{ index: 0, errno: EBADF }], stdout: 'b' })
})

t.test('a result of 0 ends the stub without a word where it must not be', async (t) => {
  const readNothing: StubCall = { call: 'read', args: [0, 0, 0], doing: 'read' }
  const allowed = await run(t.testdir({}), [readNothing, say('on'), exit(0)])
  t.same(allowed, { status: 0, records: [], stdout: 'on' })
  const denied = await run(t.testdir({}), [{ ...readNothing, endOnZero: true }, say('on'), exit(0)])
  t.same(denied, { status: 127, records: [], stdout: '' })
})

t.test('execve searches and becomes the program with its arguments and environment', async (t) => {
  const args = ['sh', '-c', 'echo "$0 $1 $A"', 'x', 'y']
  const outcome = await run(t.testdir({}), [
    tryExec('/nowhere/sh', args),
    tryExec('/bin/sh', args),
    exit(1),
  ])
  t.same(outcome, {
    status: 0,
    records: [{ index: 0, errno: ENOENT }],
    stdout: 'x y 1\n',
  })
})

t.test('both architectures lay out the same table', async (t) => {
  const calls = [say('x'), exit(0)]
  const [x64, arm64] = [stubImage(calls, 3, 'x64'), stubImage(calls, 3, 'arm64')]
  t.equal(x64.readUInt16LE(18), 62)
  t.equal(arm64.readUInt16LE(18), 183)
  for (const image of [x64, arm64]) {
    t.equal(image.readUInt32LE(0), 0x464c457f)
    t.equal(image.readUInt32LE(96), image.length, 'the segment covers the file')
    t.ok(image.length < 600, `${image.length} bytes`)
  }
})
