import t from 'tap'
import { inTurns, median } from './rounds.ts'

t.test('median', async (t) => {
  t.equal(median([3]), 3)
  t.equal(median([3, 1, 2]), 2)
  t.equal(median([4, 1, 3, 2]), 2.5)
  t.equal(median([10, 9, 100]), 10)
})

t.test('inTurns: every other round in the opposite order, the first for nothing', async (t) => {
  let asked = ''
  const { values, failed } = inTurns(['a', 'b'], 3, (name) => {
    asked += name
    return asked.length
  })
  t.equal(asked, 'abbaabba')
  t.strictSame(
    [...values],
    [
      ['a', [4, 5, 8]],
      ['b', [3, 6, 7]],
    ],
  )
  t.equal(failed.size, 0)
})

t.test('inTurns: who fails takes no further part', async (t) => {
  let asked = ''
  const { failed } = inTurns(['a', 'b'], 2, (name) => {
    asked += name
    if (asked.endsWith('bb')) throw new Error('no')
  })
  t.equal(asked, 'abbaa')
  t.strictSame([...failed.keys()], ['b'])
})
