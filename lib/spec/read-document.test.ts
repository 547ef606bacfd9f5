import { execFileSync, spawn } from 'node:child_process'
import { openSync, closeSync, writeSync } from 'node:fs'
import { O_NONBLOCK, O_RDWR } from '../sys/flags/open.ts'
import t from 'tap'
import { readDocument } from './read-document.ts'

const fifo = (directory: string): string => {
  const path = `${directory}/fifo`
  execFileSync('mkfifo', [path])
  return path
}

t.test('a FIFO that nobody writes to is not waited for', (t) => {
  const path = fifo(t.testdir({}))
  t.throws(() => readDocument(path, 'p.json'), {
    message: 'p.json is a FIFO that nobody writes to',
    code: 'CONFIG_INVALID',
  })
  t.end()
})

t.test('one that somebody writes to is, to its end', (t) => {
  const path = fifo(t.testdir({}))
  const holder = openSync(path, O_RDWR | O_NONBLOCK)
  const late = spawn('sh', ['-c', 'exec 3>"$0"; echo; sleep 0.5; printf "%0100000d" 7 >&3', path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  late.stdout.once('data', () => {
    closeSync(holder)
    t.equal(readDocument(path, 'p.json').length, 100_000)
    t.end()
  })
})

t.test('what a writer has left behind', (t) => {
  const path = fifo(t.testdir({}))
  const holder = openSync(path, O_RDWR | O_NONBLOCK)
  const reader = openSync(path, O_NONBLOCK)
  writeSync(holder, '{}')
  closeSync(holder)
  t.equal(readDocument(path, 'p.json'), '{}')
  closeSync(reader)
  t.end()
})
