import { CLONE_NEWNS, CLONE_NEWPID } from '../../sys/flags/process.ts'
import { flagsOf, planNamespaces } from './plan.ts'
import t from 'tap'

t.test('a namespace with a path is joined, one without is made', async (t) => {
  const plan = planNamespaces([
    { type: 'pid' },
    { type: 'network', path: '/run/netns/x' },
    { type: 'mount' },
    { type: 'ipc', path: '' },
  ])
  t.same(plan.create, ['pid', 'mount', 'ipc'])
  t.same(plan.join, [{ type: 'network', path: '/run/netns/x', pointer: '/linux/namespaces/1' }])
})

t.test('the user namespace is joined first, because it owns the others', async (t) => {
  const { join } = planNamespaces([
    { type: 'mount', path: '/m' },
    { type: 'pid', path: '/p' },
    { type: 'user', path: '/u' },
  ])
  t.same(
    join.map(({ type }) => type),
    ['user', 'pid', 'mount'],
  )
})

t.test('flags add up', async (t) => {
  t.equal(flagsOf(['pid', 'mount']), CLONE_NEWPID | CLONE_NEWNS)
  t.equal(flagsOf([]), 0)
})
