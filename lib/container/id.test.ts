import { checkId } from './id.ts'
import t from 'tap'

t.test('ids', async (t) => {
  for (const id of ['a', 'A-1_b+c.d', '...', '0']) t.doesNotThrow(() => checkId(id), id)
  for (const id of ['', '.', '..', 'a/b', '/', 'a b', 'ü', 'a\n', 'a\0']) {
    t.throws(() => checkId(id), { message: 'invalid container ID format' }, JSON.stringify(id))
  }
})
