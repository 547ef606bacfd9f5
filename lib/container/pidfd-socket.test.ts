import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { bindSyscall } from '../sys/bind.ts'
import { receiveDescriptor } from '../sys/fd-passing.ts'
import { close } from '../sys/file.ts'
import { pidfdOpen } from '../sys/process.ts'
import { listenAt } from '../sys/socket.ts'
import { connectPidfdSocket, sendPidfd } from './pidfd-socket.ts'

const accept = bindSyscall<[fd: number, address: null, size: null, flags: number]>('accept4', [
  'int',
  'void *',
  'void *',
  'int',
])

t.test('a pidfd arrives', async (t) => {
  const path = `${t.testdir({})}/pidfd.sock`
  const listener = listenAt(path)
  const child = spawn('sleep', ['60'])
  const pidfd = pidfdOpen(child.pid!, 0)
  sendPidfd(connectPidfdSocket(path), pidfd, 'standard')
  const connection = accept(listener, null, null, 0)
  const received = receiveDescriptor(connection)!
  t.match(readFileSync(`/proc/self/fdinfo/${received}`, 'utf8'), `Pid:\t${child.pid}\n`)
  for (const file of [listener, pidfd, connection, received]) close(file)
  child.kill('SIGKILL')
})

t.test('nobody listens', async (t) => {
  const path = `${t.testdir({})}/none.sock`
  t.throws(() => connectPidfdSocket(path), { message: `connect to pidfd socket ${path}` })
})
