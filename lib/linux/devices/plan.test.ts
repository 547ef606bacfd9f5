import { S_IFBLK, S_IFCHR, S_IFIFO } from '../../sys/flags/open.ts'
import { planMounts } from '../mounts/plan.ts'
import { ownsDev, planDevices } from './plan.ts'
import t from 'tap'

const find = (path: string, devices = planDevices([])) =>
  devices.find((device) => device.path === path)

t.test('the default devices are there', async (t) => {
  for (const [name, major, minor] of [
    ['null', 1, 3],
    ['zero', 1, 5],
    ['full', 1, 7],
    ['random', 1, 8],
    ['urandom', 1, 9],
    ['tty', 5, 0],
  ] as const) {
    t.match(find(`/dev/${name}`), { type: S_IFCHR, major, minor, mode: 0o666, uid: 0, gid: 0 })
  }
})

t.test('a configured device takes the place of the default one', async (t) => {
  const devices = planDevices([
    { type: 'c', path: '/dev/null', major: 1, minor: 3, fileMode: 0o600, uid: 5 },
  ])
  t.equal(devices.filter(({ path }) => path === '/dev/null').length, 1)
  t.match(find('/dev/null', devices), { mode: 0o600, uid: 5, pointer: '/linux/devices/0' })
})

t.test('types', async (t) => {
  for (const [type, expected] of [
    ['c', S_IFCHR],
    ['u', S_IFCHR],
    ['b', S_IFBLK],
    ['p', S_IFIFO],
  ] as const) {
    t.equal(
      find('/dev/x', planDevices([{ type, path: '/dev/x', major: 7, minor: 1 }]))?.type,
      expected,
    )
  }
})

t.test('nothing is made in a /dev that is bound from elsewhere', async (t) => {
  const mounts = (type: string) => planMounts([{ destination: '/dev/', type, source: '/dev' }], '/')
  t.notOk(ownsDev(mounts('bind')))
  t.ok(ownsDev(mounts('tmpfs')))
  t.ok(ownsDev([]))
})
