import { test } from 'tap'
import { closeSync, openSync, rmSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readDirectory } from './directory.ts'
import { decodeName, encodeName, isStrange } from './file-name.ts'
import { readlinkat, symlinkat } from './file.ts'
import { removeDirectory } from './host.ts'

const names = [
  'plain',
  'größe 名 😀',
  '\ufffd',
  'x\xff',
  '\x80',
  '\xe5\x90',
  '\xf0\x9f\x98',
  'a\xc3/\xa9',
  '\xed\xb2\x80',
  '\xc0\xaf',
  '\xf5\x80\x80\x80',
  'é\xff\xfe\xfd',
]

const bytesOf = (name: string, encoding: 'latin1' | 'utf8'): Buffer => Buffer.from(name, encoding)

for (const name of names) {
  for (const encoding of ['latin1', 'utf8'] as const) {
    void test(`${JSON.stringify(name)} as ${encoding}`, async (t) => {
      const bytes = bytesOf(name, encoding)
      t.strictSame(encodeName(decodeName(bytes)), Buffer.concat([bytes, Buffer.of(0)]))
      t.equal(isStrange(decodeName(bytes)), !bytes.equals(Buffer.from(bytes.toString())))
    })
  }
}

void test('half of a pair that is none is strange, a pair is not', async (t) => {
  t.equal(isStrange('😀'), false)
  t.equal(isStrange('\udc80'), true)
})

void test('a directory and a link with such names', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'file-name-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  mkdirSync(Buffer.concat([Buffer.from(`${directory}/x`), Buffer.of(0xff)]))
  const handle = openSync(directory, 'r')
  t.teardown(() => closeSync(handle))
  const [name = ''] = readDirectory(handle)
  t.equal(name, 'x\udcff')
  symlinkat(name, handle, 'link')
  t.equal(readlinkat(handle, 'link'), name)
  removeDirectory(join(directory, name))
  t.strictSame(readdirSync(directory), ['link'])
})
