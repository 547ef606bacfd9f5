import t from 'tap'
import { expandSlice, planUnit } from './unit.ts'

t.test('names and places', async (t) => {
  for (const [cgroupsPath, user, name, slice, path] of [
    ['', false, 'tsrun-c1.scope', 'system.slice', '/system.slice/tsrun-c1.scope'],
    ['', true, 'tsrun-c1.scope', 'user.slice', '/user.slice/tsrun-c1.scope'],
    [':libpod:abc', false, 'libpod-abc.scope', 'system.slice', '/system.slice/libpod-abc.scope'],
    ['a-b.slice::abc', false, 'abc.scope', 'a-b.slice', '/a.slice/a-b.slice/abc.scope'],
    ['-.slice:x:abc', false, 'x-abc.scope', '-.slice', '/x-abc.scope'],
    ['a.slice:x:a-pod.slice', false, 'a-pod.slice', 'a.slice', '/a.slice/a-pod.slice'],
  ] as const) {
    t.same(planUnit(cgroupsPath, 'c1', user), { name, slice, path }, cgroupsPath)
  }
  t.equal(expandSlice('a-b-c.slice'), '/a.slice/a-b.slice/a-b-c.slice')
})

t.test('refusals', async (t) => {
  for (const [cgroupsPath, message] of [
    ['/a/b', /is not of the form slice:prefix:name/],
    ['a.slice:b', /is not of the form/],
    ['a.slice:b:c:d', /is not of the form/],
    ['a.slice:b:', /not the name of a systemd unit/],
    ['a.slice:b:c/../d', /not the name of a systemd unit/],
    ['../a.slice:b:c', /not the name of a systemd slice/],
    ['a--b.slice:b:c', /not the name of a systemd slice/],
    ['a:b:c', /not the name of a systemd slice/],
  ] as const) {
    t.throws(
      () => planUnit(cgroupsPath, 'c1', false),
      { message, pointer: '/linux/cgroupsPath' },
      cgroupsPath,
    )
  }
})
