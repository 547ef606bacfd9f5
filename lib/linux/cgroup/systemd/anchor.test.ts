import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { dropAnchor, weighAnchor } from './anchor.ts'
import { anchorImage } from './anchor-image.ts'

t.test('waits until it is told', { skip: process.platform !== 'linux' }, async (t) => {
  const pid = dropAnchor('a.scope')
  t.teardown(() => weighAnchor('a.scope'))
  t.match(readFileSync(`/proc/${pid}/cmdline`, 'utf8'), /^tsrun-anchor/)
  t.match(readFileSync(`/proc/${pid}/stat`, 'utf8'), /\) [SR] /)
  const [, pages = ''] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')
  t.ok(Number(pages) < 20, `takes no memory: ${pages} pages`)
  weighAnchor('a.scope')
  t.notOk(existsSync(`/proc/${pid}`), 'gone, and nobody has to wait for it')
  weighAnchor('a.scope')
})

t.test('a static executable for both architectures', async (t) => {
  for (const [arch, machine] of [
    ['x64', 62],
    ['arm64', 183],
  ] as const) {
    const image = anchorImage(arch)
    t.equal(image.readUInt32BE(0), 0x7f454c46)
    t.equal(image.readUInt16LE(18), machine)
    t.ok(image.length < 200)
  }
})
