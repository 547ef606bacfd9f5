import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Failure } from '../../failure.ts'
import { mayEnter, blamingDirectories } from './reach.ts'

const OWNER = { uid: 1, gid: 1 }
const GROUP = { uid: 2, gid: 1 }
const OTHER = { uid: 2, gid: 2 }

for (const [ids, mode, may] of [
  [OWNER, 0o700, true],
  [OWNER, 0o677, false],
  [GROUP, 0o710, true],
  [GROUP, 0o767, false],
  [OTHER, 0o711, true],
  [OTHER, 0o776, false],
] as const) {
  t.equal(
    mayEnter(ids, { uid: 1, gid: 1, mode }),
    may,
    `${JSON.stringify(ids)} ${mode.toString(8)}`,
  )
}

const mapped = [{ containerID: 0, hostID: 54_321, size: 10 }]
const mappings = { uid: mapped, gid: mapped }
const fail = (code: string) => (): never => {
  throw new Failure('bind root', { cause: Object.assign(new Error(code), { code }) })
}

t.test('what is closed above', (t) => {
  const closed = join(t.testdir(), 'closed')
  const root = join(closed, 'rootfs')
  mkdirSync(root, { recursive: true })
  chmodSync(closed, 0o700)
  t.equal(
    blamingDirectories(root, mappings, () => 5),
    5,
  )
  t.throws(() => blamingDirectories(root, mappings, fail('EACCES')), {
    message: /54321/,
    pointer: '/root/path',
    hint: /^it may not enter \/\S+: chmod o\+x/,
  })
  t.throws(() => blamingDirectories(root, mappings, fail('EPERM')), { message: 'bind root' })
  t.throws(() => blamingDirectories(root, undefined, fail('EACCES')), { message: 'bind root' })
  t.throws(() => blamingDirectories('/', mappings, fail('EACCES')), { message: 'bind root' })
  t.end()
})
