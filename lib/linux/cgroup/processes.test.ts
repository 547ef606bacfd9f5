import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, rmdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { killAll } from './processes.ts'

const SIGKILL = 9

/** Where cgroup v2 is mounted and its `cgroup.kill` can be had, Linux 5.14. */
const unified = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].find((path) =>
  existsSync(join(path, 'cgroup.controllers')),
)

const unable = (): string | false => {
  if (process.geteuid?.() !== 0) return 'needs root'
  return unified === undefined ? 'needs cgroup v2' : false
}

t.test('a cgroup that goes while it is killed is no failure', { skip: unable() }, async (t) => {
  const cgroup = join(unified!, `tsrun-test-${process.pid}`)
  mkdirSync(cgroup)
  const file = openSync(join(cgroup, 'cgroup.kill'), 'w')
  t.teardown(() => closeSync(file))
  rmdirSync(cgroup)
  // The file of a cgroup that is gone, in a directory that still lists somebody.
  const directory = t.testdir({ 'cgroup.procs': '2147483647\n' })
  symlinkSync(`/proc/${process.pid}/fd/${file}`, join(directory, 'cgroup.kill'))
  spawn('sh', ['-c', `sleep 0.1; : >${directory}/cgroup.procs`], { stdio: 'ignore' })
  t.equal(killAll({ mode: 'v2', paths: { '': directory } }, SIGKILL), true)
})
