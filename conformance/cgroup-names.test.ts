/** What a container that may make cgroups does with them: it can be listed, killed and deleted all the same. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cgroupsOf } from './harness/cgroups.ts'
import { conform } from './harness/conform.ts'
import type { Box } from './harness/box.ts'
import { textOf, until } from './harness/wait.ts'

const v1 = !existsSync('/sys/fs/cgroup/cgroup.controllers')
const own = v1 ? '/sys/fs/cgroup/devices' : '/sys/fs/cgroup'

/** Runs `script` in its own cgroup; it makes one, goes there, and says so. */
const makeThere = (box: Box, script: string): void => {
  box.config.linux.namespaces.push({ type: 'cgroup' })
  box.config.mounts.push({
    destination: '/sys/fs/cgroup',
    type: 'cgroup',
    source: 'cgroup',
    options: ['rw'],
  })
  const enter = 'sh -c "echo 0 > cgroup.procs && echo in > /tmp/in; exec sleep 100" &'
  box.config.process.args = ['/bin/sh', '-c', `cd -P ${own}; ${script}; ${enter} wait`]
  box.create()
  box.start()
  until(() => existsSync(join(box.rootfs, 'tmp/in')))
}

const DEEP =
  'N=$(printf %0200d 1); I=0; while [ $I -lt 40 ]; do mkdir $N && cd -P $N; I=$((I + 1)); done 2>/dev/null'

const scripts = {
  'a name that is no UTF-8': `N=$(printf 'x\\377\\200y'); mkdir "$N" && cd -P "$N"`,
  'a name with spaces and quotes': `mkdir ' "x $y' && cd -P ' "x $y'`,
  'a path longer than any': DEEP,
}

for (const [name, script] of Object.entries(scripts)) {
  conform(
    `${name}: ps, and delete --force`,
    (t, box) => {
      makeThere(box, script)
      t.equal(readFileSync(join(box.rootfs, 'tmp/in'), 'utf8'), 'in\n')
      const { stdout } = box.call(['ps', '--format', 'json', box.id])
      t.equal((JSON.parse(stdout) as number[]).length, 2, 'both processes')
      const { status, stderr } = box.delete('--force')
      t.equal(status, 0, stderr)
    },
    { differs: { runc: 'fails for long paths', crun: 'fails for long paths' } },
  )
}

for (const kill of [true, false]) {
  conform(
    `processes that froze themselves in a cgroup of their own: ${kill ? 'kill' : 'delete --force'}`,
    (t, box) => {
      makeThere(
        box,
        'cd -P ../freezer; mkdir x && cd -P x; (sleep 1; echo FROZEN > freezer.state) & echo 1 > cgroup.procs',
      )
      const isFrozen = (path: string): boolean => textOf(join(path, 'freezer.state')) === 'FROZEN\n'
      t.ok(until(() => cgroupsOf(box.id).some((path) => isFrozen(join(path, 'x')))))
      if (kill) {
        box.kill('KILL')
        t.ok(box.becomes('stopped'))
      }
      const { status, stderr } = box.delete('--force')
      t.equal(status, 0, stderr)
    },
    {
      skip: v1 ? undefined : 'in v2 who is frozen dies',
      differs: { runc: 'waits for them', crun: 'waits for them' },
    },
  )
}
