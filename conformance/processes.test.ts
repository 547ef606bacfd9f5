/** `ps`, `pause`, `resume` and `kill --all`: the processes of a container together. */
import { readFileSync } from 'node:fs'
import { conform } from './harness/conform.ts'
import type { Box } from './harness/box.ts'
import { pause, until } from './harness/wait.ts'
import { removeNamespace } from './harness/config.ts'

const start = (box: Box, script: string): void => {
  box.config.process.args = ['sh', '-c', script]
  box.create()
  box.start()
}

const pids = (box: Box): number[] =>
  (JSON.parse(box.call(['ps', '--format', 'json', box.id]).stdout) as number[] | null) ?? []

/** Waits until the container has as many processes. */
const count = (box: Box, wanted: number): number => {
  until(() => pids(box).length === wanted)
  return pids(box).length
}

const THREE = 'sleep 61 & sleep 62 & sleep 63; true'

conform('ps as JSON', (t, box) => {
  start(box, THREE)
  t.equal(count(box, 4), 4)
  const list = pids(box)
  t.strictSame(
    list,
    list.toSorted((a, b) => a - b),
  )
  t.ok(list.includes(box.stateNow()!.pid), 'pids of the host')
})

conform('ps as a table', (t, box) => {
  start(box, THREE)
  count(box, 4)
  const [heading, ...lines] = box.call(['ps', box.id]).stdout.trimEnd().split('\n')
  t.match(heading, /^UID +PID +PPID /, 'ps -ef')
  t.equal(lines.length, 4)
  const sleeping = (): number =>
    box
      .call(['ps', box.id, '-o', 'pid,args'])
      .stdout.split('\n')
      .filter((line) => /^ *\d+ sleep 6\d$/.test(line)).length
  // A child is a process before it is its program.
  until(() => sleeping() === 3)
  t.equal(sleeping(), 3, 'other columns')
})

conform('ps refuses', (t, box) => {
  start(box, 'sleep 60')
  t.match(box.call(['ps', box.id, '-o', 'args']).stderr, "couldn't find PID field in ps output")
  const { status, stderr } = box.call(['ps', box.id, '--no-such-option'])
  t.equal(status, 1)
  t.match(stderr, 'unknown gnu long option', 'with the words of ps')
  t.match(box.call(['ps', '--format', 'xml', box.id]).stderr, 'invalid format option')
})

conform('ps of a container that has stopped', (t, box) => {
  start(box, 'true')
  t.equal(box.becomes('stopped'), true)
  t.equal(box.call(['ps', '--format', 'json', box.id]).stdout.trim(), 'null')
})

conform('pause and resume', (t, box) => {
  start(box, 'while :; do :; done')
  const { pid } = box.stateNow()!
  const time = (): string => readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[13]!
  t.equal(box.call(['pause', box.id]).status, 0)
  t.equal(box.stateNow()?.status, 'paused')
  const before = time()
  pause(200)
  t.equal(time(), before, 'it uses no time')
  t.equal(box.call(['pause', box.id]).status, 1, 'not twice')
  t.equal(box.delete().status, 1, 'it is not stopped')
  t.equal(box.call(['resume', box.id]).status, 0)
  t.equal(box.stateNow()?.status, 'running')
  t.ok(
    until(() => time() !== before),
    'it goes on',
  )
  t.equal(box.call(['resume', box.id]).status, 1, 'not twice')
})

conform('SIGKILL reaches a paused container', (t, box) => {
  start(box, 'sleep 60')
  box.call(['pause', box.id])
  t.equal(box.kill('KILL').status, 0)
  t.equal(box.becomes('stopped'), true)
})

conform('delete --force of a paused container', (t, box) => {
  start(box, 'sleep 60')
  box.call(['pause', box.id])
  t.equal(box.delete('--force').status, 0)
  t.equal(box.stateNow(), undefined)
})

conform('kill --all where the first process is nobody’s parent', (t, box) => {
  removeNamespace(box.config, 'pid')
  start(box, THREE)
  t.equal(count(box, 4), 4)
  t.equal(box.call(['kill', '--all', box.id, 'KILL']).status, 0)
  t.equal(box.becomes('stopped'), true)
  t.equal(count(box, 0), 0)
})

conform('kill --all of a container that has stopped', (t, box) => {
  removeNamespace(box.config, 'pid')
  start(box, THREE)
  count(box, 4)
  process.kill(box.stateNow()!.pid, 'SIGKILL')
  t.equal(box.becomes('stopped'), true)
  t.equal(count(box, 3), 3, 'what it started goes on')
  t.equal(box.call(['kill', '--all', box.id, 'KILL']).status, 0)
  t.equal(count(box, 0), 0)
})

conform(
  'kill with SIGKILL, where the first process’s end is not that of the others: all of them',
  (t, box) => {
    removeNamespace(box.config, 'pid')
    start(box, THREE)
    count(box, 4)
    t.equal(box.kill('KILL').status, 0)
    t.equal(box.becomes('stopped'), true)
    t.equal(count(box, 0), 0)
  },
  { differs: { runc: '1.1 kills the first one', crun: 'kills the first one' } },
)

conform(
  'kill with SIGKILL, where only the others are left: these',
  (t, box) => {
    removeNamespace(box.config, 'pid')
    start(box, THREE)
    count(box, 4)
    process.kill(box.stateNow()!.pid, 'SIGKILL')
    t.equal(box.becomes('stopped'), true)
    t.equal(count(box, 3), 3)
    t.not(box.kill('TERM').status, 0, 'another signal has nobody to go to')
    t.equal(box.kill('KILL').status, 0)
    t.equal(count(box, 0), 0)
    t.equal(box.stateNow()?.status, 'stopped')
  },
  { differs: { runc: '1.1 says that it is not running', crun: 'says that it is not running' } },
)

conform('kill with another signal is for the first process', (t, box) => {
  removeNamespace(box.config, 'pid')
  start(box, THREE)
  count(box, 4)
  t.equal(box.kill('USR1').status, 0)
  t.equal(box.becomes('stopped'), true)
  t.equal(count(box, 3), 3)
})
