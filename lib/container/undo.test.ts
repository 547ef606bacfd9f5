import { Undo } from './undo.ts'
import t from 'tap'

t.test('takes back last first, once, and does not stop at a failure', async (t) => {
  const order: number[] = []
  const undo = new Undo()
  undo.add(() => order.push(1))
  undo.add(() => {
    throw new Error('cannot be taken back')
  })
  undo.add(() => order.push(3))
  undo.run()
  undo.run()
  t.same(order, [3, 1])
})
