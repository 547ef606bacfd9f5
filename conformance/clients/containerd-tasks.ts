/** What containerd's own tests of its client want of a runtime, where `ctr` can ask for it. */
import type { Host } from './harness/host.ts'

type Run = (flags: string, id: string, command: string) => string

const remove = async (host: Host, id: string): Promise<void> => {
  await host.until(`ctr tasks ls | grep -q '${id} .*STOPPED'`, 'it stops')
  await host.expect(`ctr tasks delete ${id}; ctr containers delete ${id}`)
}

const kills = async (host: Host, run: Run): Promise<void> => {
  await host.step('a second kill says that the process has ended', async () => {
    await host.expect(run('--detach', 'twice', 'sleep 1000'))
    await host.expect('ctr tasks kill --signal SIGKILL twice')
    await host.until(`ctr tasks ls | grep -q 'twice .*STOPPED'`, 'it stops')
    await host.expect('ctr tasks kill twice', { status: 1, stderr: /not found/ })
    await remove(host, 'twice')
  })
  await host.step(
    'in the host’s pid namespace the children end with the first process',
    async () => {
      const flags = '--detach --with-ns pid:/proc/1/ns/pid'
      await host.expect(run(flags, 'children', `sh -c 'sleep 4321 & sleep 4321; true'`))
      await host.until('test $(pgrep -c -f "sleep 4321") -ge 2', 'both run')
      await host.expect('ctr tasks kill --signal SIGKILL children')
      await remove(host, 'children')
      await host.expect('pgrep -x -f "sleep 4321"', { status: 1 })
    },
  )
  await host.step('kill --all', async () => {
    const flags = '--detach --with-ns pid:/proc/1/ns/pid'
    await host.expect(run(flags, 'all', `sh -c 'sleep 5432 & sleep 5432; true'`))
    await host.expect('ctr tasks kill --all --signal SIGKILL all')
    await remove(host, 'all')
    await host.expect('pgrep -x -f "sleep 5432"', { status: 1 })
  })
  await host.step('a container that somebody else has deleted', async () => {
    await host.expect(run('--detach --runc-root /run/other', 'gone', 'sleep 1000'))
    await host.expect('/usr/local/bin/tsrun --root /run/other/default delete --force gone')
    await host.expect('ctr tasks kill --signal SIGKILL gone', { status: 1, stderr: /not found/ })
    await remove(host, 'gone')
  })
  await host.step('delete of what runs is refused, --force does it', async () => {
    await host.expect(run('--detach', 'forced', 'sleep 1000'))
    await host.expect('ctr tasks delete forced', {
      status: 1,
      stderr: /running|failed precondition/,
    })
    await host.expect('ctr tasks delete --force forced', { stderr: /exit code 137/ })
    await host.expect('ctr containers delete forced')
  })
}

const processes = async (host: Host, run: Run): Promise<void> => {
  await host.step('pids: the shell and its child, the first first', async () => {
    await host.expect(run('--detach --pid-file pid', 'pids', `sh -c 'sleep 1000; true'`))
    await host.until('test $(ctr tasks ps pids | tail -n +2 | wc -l) = 2', 'two processes')
    await host.expect(`test "$(ctr tasks ps pids | awk 'NR == 2 { print $1 }')" = "$(cat pid)"`)
  })
  await host.step('exec with an argument of 100 KB', () =>
    host.expect(`ctr tasks exec --exec-id large pids echo $(printf %0100000d 0) | wc -c`, {
      stdout: '100001\n',
    }),
  )
  await host.step('exec as a user, in a directory', () =>
    host.expect(`ctr tasks exec --exec-id user --user 1000 --cwd /tmp pids sh -c 'id -u; pwd'`, {
      stdout: '1000\n/tmp\n',
    }),
  )
  await host.step('exec that is killed by a signal', async () => {
    await host.expect(`ctr tasks exec --exec-id self pids sh -c 'kill -TERM $$'`, { status: 143 })
    await host.expect('ctr tasks exec --exec-id slow --detach pids sleep 1000')
    await host.expect('ctr tasks kill --exec-id slow --signal SIGKILL pids')
    await host.until('test $(ctr tasks ps pids | tail -n +2 | wc -l) = 2', 'it ends')
  })
  await host.step('metrics of a task that is no more', async () => {
    await host.expect('ctr tasks kill --signal SIGKILL pids')
    await remove(host, 'pids')
    await host.expect('ctr tasks metrics pids', { status: 1 })
  })
  await host.step('standard input', () =>
    // ctr of containerd 1.6 does not say that it ends.
    host.expect(`echo text | ${run('--rm', 'input', `sh -c 'read line; echo $line'`)}`, {
      stdout: 'text\n',
    }),
  )
  await host.step('a container that runs out of memory', () =>
    host.expect(
      run('--rm --memory-limit 16777216', 'oom', `sh -c 'exec tail -c 100000000 /dev/zero'`),
      { status: 137 },
    ),
  )
}

export const taskSteps = async (host: Host, run: Run): Promise<void> => {
  await kills(host, run)
  await processes(host, run)
}
