import { socketActivation } from './socket-activation.ts'
import t from 'tap'

t.test('descriptors are for the process that LISTEN_PID names', async (t) => {
  const none = { count: 0, env: [] }
  for (const [variables, expected] of [
    [{}, none],
    [{ LISTEN_FDS: '2' }, none],
    [{ LISTEN_FDS: '2', LISTEN_PID: '8' }, none],
    [{ LISTEN_FDS: 'x', LISTEN_PID: '7' }, none],
    [{ LISTEN_FDS: '-1', LISTEN_PID: '7' }, none],
    [
      { LISTEN_FDS: '2', LISTEN_PID: '7' },
      { count: 2, env: ['LISTEN_FDS=2', 'LISTEN_PID=1'] },
    ],
    [
      { LISTEN_FDS: '1', LISTEN_PID: '7', LISTEN_FDNAMES: 'a' },
      { count: 1, env: ['LISTEN_FDS=1', 'LISTEN_PID=1', 'LISTEN_FDNAMES=a'] },
    ],
  ] as const) {
    const given = new Map(Object.entries(variables))
    const found = socketActivation((name) => given.get(name), 7)
    t.same(found, expected, JSON.stringify(variables))
  }
})
