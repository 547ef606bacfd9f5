/** The stub for the other architecture, where an emulator of it is installed. */
import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { inside, together } from '../sys/elsewhere.ts'
import { close, openat, read, statat } from '../sys/file.ts'
import { AT_FDCWD, O_RDONLY } from '../sys/flags/open.ts'
import { getpid, wait } from '../sys/process.ts'
import { setReceiveTimeout, socketpair } from '../sys/socket.ts'
import { spawn } from '../sys/spawn.ts'
import { receiveReport } from '../sync/channel.ts'
import { Conversation } from './conversation.ts'
import { stubImage } from './image.ts'
import { StubProcess } from './process.ts'
import { endStub } from './spawn.ts'
import t from 'tap'

const EMULATOR = '/usr/bin/qemu-aarch64-static'
const LINE = 3
const skip =
  process.arch !== 'x64' || !existsSync(EMULATOR)
    ? 'needs x86-64 and qemu-aarch64-static (Debian: qemu-user-static)'
    : false

t.test('arm64', { skip }, (t) => {
  const { bytes, layout } = stubImage(LINE, 'arm64')
  const file = `${t.testdir()}/stub`
  writeFileSync(file, bytes)
  chmodSync(file, 0o755)
  const [line, theirs] = socketpair()
  setReceiveTimeout(line, 20)
  const pid = spawn(EMULATOR, ['qemu', file], [], new Map([[LINE, theirs]]))
  close(theirs)
  const stub = new StubProcess(pid, new Conversation(line, layout))
  t.teardown(() => endStub(stub))

  inside(stub, () => {
    t.equal(getpid(), pid)
    const buffer = Buffer.alloc(32)
    const size = together(() => {
      const opened = openat(AT_FDCWD, '/proc/self/comm', O_RDONLY)
      return read(opened, buffer, buffer.length)
    })
    t.ok(size > 0, 'a result goes into a later call, and what is read comes back')
    t.throws(() => statat(AT_FDCWD, '/nowhere'), { syscall: 'statx', code: 'ENOENT' })
  })
  stub.become([
    { call: 'close', args: [99], doing: 'close', tolerate: [9] },
    { call: 'exit_group', args: [7], doing: 'exit' },
  ])
  t.same(receiveReport(line, process.pid), { type: 'failed', record: { index: 0, errno: 9 } })
  t.equal(wait(pid)?.status, 7)
  stub.state = 'gone'
  t.end()
})
