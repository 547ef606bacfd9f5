import t from 'tap'
import { cgroupOfProcess, planExecCgroup } from './exec.ts'

const paths = { cpu: '/cg/cpu/c', memory: '/cg/memory/c', '': '/cg/unified/c' }

t.test('where a process of exec goes', async (t) => {
  for (const [subs, expected] of [
    [[], paths],
    [['/'], paths],
    [['a/b'], { cpu: '/cg/cpu/c/a/b', memory: '/cg/memory/c/a/b', '': '/cg/unified/c/a/b' }],
    [['cpu:/a', 'memory:b/../d'], { ...paths, cpu: '/cg/cpu/c/a', memory: '/cg/memory/c/d' }],
    [['cpu,memory:a'], { ...paths, cpu: '/cg/cpu/c/a', memory: '/cg/memory/c/a' }],
  ] as const) {
    t.same(planExecCgroup({ paths }, subs).paths, expected, subs.join(' '))
  }
  for (const [sub, message] of [
    ['../other', /^bad sub cgroup path: \.\.\/other is not a sub cgroup path$/],
    ['cpu:../c2', /not a sub cgroup path/],
    ['pids:a', /^unknown controller "pids"$/],
  ] as const) {
    t.throws(() => planExecCgroup({ paths }, [sub]), { message }, sub)
  }
})

t.test('where a process is', { skip: process.platform !== 'linux' }, async (t) => {
  t.match(Object.values(cgroupOfProcess(process.pid).paths)[0], /^\/.*cgroup/)
})
