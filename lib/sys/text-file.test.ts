import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import t from 'tap'
import { O_APPEND, O_EXCL, O_NONBLOCK } from './flags/open.ts'
import { readTextFile, writeTextFile } from './text-file.ts'

t.test('reads what is there, of any size', (t) => {
  const sizes = [0, 1, 16383, 16384, 16385, 100_000]
  const files = Object.fromEntries(sizes.map((size) => [`${size}`, 'é'.repeat(size)]))
  const directory = t.testdir(files)
  for (const size of sizes) t.equal(readTextFile(`${directory}/${size}`), files[size], `${size}`)
  t.match(readTextFile('/proc/self/uid_map'), /\d/, 'a file of procfs, which has no size')
  t.throws(() => readTextFile(`${directory}/none`), { code: 'ENOENT', syscall: 'openat' })
  t.end()
})

t.test('writes', (t) => {
  const file = `${t.testdir()}/file`
  writeTextFile(file, 'first', O_EXCL, 0o600)
  t.equal(statSync(file).mode & 0o777, 0o600)
  t.throws(() => writeTextFile(file, 'x', O_EXCL), { code: 'EEXIST' })
  writeTextFile(file, 'é'.repeat(50_000))
  t.equal(readFileSync(file, 'utf8'), 'é'.repeat(50_000), 'replaces')
  writeTextFile(file, '!', O_APPEND)
  t.equal(readFileSync(file, 'utf8').length, 50_001, 'appends')
  t.end()
})

t.test('with O_NONBLOCK a FIFO needs a reader', (t) => {
  const path = `${t.testdir({})}/fifo`
  execFileSync('mkfifo', [path])
  t.throws(() => writeTextFile(path, 'x', O_APPEND | O_NONBLOCK), { code: 'ENXIO' })
  const reader = openSync(path, O_NONBLOCK)
  writeTextFile(path, 'some text', O_APPEND | O_NONBLOCK)
  const buffer = Buffer.alloc(20)
  t.equal(buffer.toString('utf8', 0, readSync(reader, buffer)), 'some text')
  closeSync(reader)
  t.end()
})
