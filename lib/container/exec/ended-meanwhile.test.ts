import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'
import { describe, Failure } from '../../failure.ts'
import { SyscallError } from '../../sys/error.ts'
import { close } from '../../sys/file.ts'
import { pidfdOpen } from '../../sys/process.ts'
import { blamingEnd } from './ended-meanwhile.ts'
import { identify, isEnding } from '../process.ts'

const gone = new Failure('join', { cause: new SyscallError('setns', 3, 'setns()') })
const killed = new Failure('join', { cause: new Failure('it ended', { code: 'INIT_DIED' }) })
const unknown = new Failure('exec: "x"', { code: 'PROGRAM_NOT_FOUND' })

t.test('who has ended is to blame, unless the reason is known', async (t) => {
  const process = spawn('sleep', ['100'])
  const pidfd = pidfdOpen(process.pid!, 0)
  t.teardown(() => close(pidfd))
  const init = identify(process.pid!)
  t.notOk(isEnding(init))
  for (const error of [gone, killed, unknown]) t.equal(blamingEnd(error, pidfd, init), error)

  process.kill('SIGKILL')
  await once(process, 'exit')
  t.ok(isEnding(init))
  for (const error of [gone, killed]) {
    t.match(describe(blamingEnd(error, pidfd, init)), /^cannot exec in a stopped container: it end/)
  }
  t.equal(blamingEnd(unknown, pidfd, init), unknown)
})

t.test('a first process is waited for where it is killed after ours', async (t) => {
  const { stdout } = spawnSync('sh', ['-c', '(sleep 0.2) >&- 2>&- & echo $!'], { encoding: 'utf8' })
  const pid = Number(stdout)
  const pidfd = pidfdOpen(pid, 0)
  t.teardown(() => close(pidfd))
  t.match(describe(blamingEnd(killed, pidfd, identify(pid))), /it ended while/)
})
