import { constants } from 'node:os'
import { errnoName } from './errno.ts'
import t from 'tap'

t.test('every number that Node knows has the same name here', async (t) => {
  const second = new Set(['EWOULDBLOCK', 'ENOTSUP', 'EDEADLOCK'])
  for (const [name, number] of Object.entries(constants.errno)) {
    if (second.has(name)) continue
    const ours = errnoName(number)
    t.ok(ours === name || ours === `E${number}`, `${number}: ${name}, ${ours}`)
  }
})

t.test('a number without a name prints as itself', async (t) => {
  t.equal(errnoName(0), 'E0')
  t.equal(errnoName(41), 'E41')
  t.equal(errnoName(4095), 'E4095')
})
