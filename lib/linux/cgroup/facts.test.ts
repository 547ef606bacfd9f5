import t from 'tap'
import { isFar } from './facts.ts'

t.test("whether one may be born in the scopes of a user's systemd", async (t) => {
  // Nobody may write to what is not there, not even root.
  const mountpoint = t.testdir({ user: { 'cgroup.procs': '' } })
  const hierarchy = { version: 2, controllers: [''], mountpoint, root: '/' } as const
  const layout = { mode: 'v2', hierarchies: [hierarchy] } as const
  const from = (own: string): boolean =>
    isFar({ user: true, cgroup: '/user/manager' }, layout, { '': own })
  t.equal(from('/user/manager/app.slice/a.scope'), true, 'below it, which is not there here')
  t.equal(from('/user/session.scope'), false, 'both are in a cgroup that one may write to')
  t.equal(from('/system.slice/ssh.service'), true, 'only the root is above both')
  t.throws(() => isFar({ user: true, cgroup: '/' }, { ...layout, mode: 'v1' }, { '': '/' }), {
    code: 'NOT_SUPPORTED',
  })
})
