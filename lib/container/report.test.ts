import { join } from 'node:path'
import t from 'tap'
import { logTo } from '../log.ts'
import { listReports, readReport } from './report.ts'

const state = (id: string): string =>
  JSON.stringify({
    ociVersion: '1.0.0',
    id,
    bundle: '/b',
    rootfs: '/b/rootfs',
    init: { pid: 0, startTime: 0 },
    created: '2026-01-02T03:04:05.678Z',
    owner: 0,
    calls: [],
    program: 'true',
  })

t.test('a damaged state keeps nobody from seeing the others', async (t) => {
  const root = t.testdir({
    bad: { 'state.json': '{bad' },
    good: { 'state.json': state('good') },
    stillborn: {},
    file: '',
  })
  const place = { root, systemdCgroup: false, rootless: false }
  const warnings: string[] = []
  logTo((_, message) => warnings.push(message), { debug: false })
  t.teardown(() => logTo(undefined, { debug: false }))
  t.match(listReports(place), [{ id: 'good', status: 'stopped', pid: 0, owner: 'root' }])
  t.match(warnings, [/^load container bad: the state of the container is damaged: /])
  t.throws(() => readReport({ ...place, id: 'bad' }), {
    message: `the state of the container is damaged: ${join(root, 'bad/state.json')}`,
  })
  t.throws(() => readReport({ ...place, id: 'stillborn' }), { message: 'container does not exist' })
})

t.strictSame(
  listReports({ root: join(t.testdirName, 'none'), systemdCgroup: false, rootless: false }),
  [],
  'no directory at all',
)
