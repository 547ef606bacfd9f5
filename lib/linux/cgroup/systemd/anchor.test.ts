import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { dropAnchor, weighAnchor } from './anchor.ts'

t.test('waits until it is told', async (t) => {
  const pid = dropAnchor('a.scope')
  t.teardown(() => weighAnchor('a.scope'))
  t.match(readFileSync(`/proc/${pid}/stat`, 'utf8'), /\) [SR] /)
  const [, pages = ''] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')
  t.ok(Number(pages) < 20, `takes no memory: ${pages} pages`)
  weighAnchor('a.scope')
  t.notOk(existsSync(`/proc/${pid}`), 'gone, and nobody has to wait for it')
  weighAnchor('a.scope')
})
