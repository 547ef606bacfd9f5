/** containerd, as `ctr` uses it: its shim calls the runtime. */
import { IMAGE, ociArchive } from './harness/image.ts'
import { COMMAND, expectOutput } from './harness/output.ts'
import { together, type Host } from './harness/host.ts'
import { taskSteps } from './containerd-tasks.ts'
import { scopeSteps, type Limited } from './harness/scope.ts'
import type { Client } from './harness/client.ts'

/** The shim is runc's; the program it calls is ours. docs/clients/containerd.md says the same. */
const RUNTIME = '--runtime io.containerd.runc.v2 --runc-binary /usr/local/bin/tsrun'

const run = (host: Host, flags: string, id: string, command: string): string => {
  const cgroup = host.systemd ? `--runc-systemd-cgroup --cgroup machine.slice:ctr:${id}` : ''
  return `ctr run ${RUNTIME} ${cgroup} ${flags} ${IMAGE} ${id} ${command}`
}

const startContainerd = (host: Host): Promise<void> => host.daemon('containerd', 'ctr version')

const oneContainer = async (host: Host): Promise<void> => {
  await host.step('run --rm: output and status', () =>
    host.expect(run(host, '--rm', 'one', `sh -c 'echo out; echo error >&2; exit 7'`), {
      status: 7,
      stdout: 'out\n',
      stderr: /error/,
    }),
  )
  await host.step('run --rm --tty', () =>
    host.expect(`script -qec "${run(host, '--rm --tty', 'terminal', 'tty')}" /dev/null`, {
      stdout: /\/dev\/pts\/0/,
    }),
  )
  await host.step('run of a program that is not there', () =>
    host.expect(run(host, '--rm', 'absent', '/absent'), {
      status: 1,
      stderr: /\/absent.*no such file or directory/,
    }),
  )
  await host.step('run with limits and a read-only root', () =>
    host.expect(
      run(
        host,
        '--rm --memory-limit 33554432 --read-only',
        'limits',
        `sh -c 'touch /x || echo no'`,
      ),
      { stdout: 'no\n' },
    ),
  )
  await host.step('run --uidmap, --gidmap: a user namespace', () =>
    host.expect(
      run(
        host,
        '--rm --uidmap 0:100000:65536 --gidmap 0:200000:65536',
        'maps',
        `sh -c 'tr -s " " < /proc/self/uid_map; tr -s " " < /proc/self/gid_map; touch /x && echo written'`,
      ),
      { stdout: ' 0 100000 65536\n 0 200000 65536\nwritten\n' },
    ),
  )
  await host.step('run of a directory, and of an empty name', async () => {
    await host.expect(run(host, '--rm', 'directory', '/etc'), {
      status: 1,
      stderr: /is a directory|permission denied/,
    })
    await host.expect(run(host, '--rm', 'empty', "''"), { status: 1 })
    await host.expect('ctr containers rm directory empty; ctr containers ls -q', { stdout: '' })
  })
  await host.step('run with docker’s seccomp profile', () =>
    host.expect(run(host, '--rm --seccomp', 'seccomp', `grep Seccomp: /proc/self/status`), {
      stdout: /Seccomp:\s*2/,
    }),
  )
}

const oneTask = async (host: Host): Promise<void> => {
  await host.step('run --detach', async () => {
    await host.expect(run(host, '--detach', 'task', 'sleep 1000'))
    await host.expect('ctr tasks ls', { stdout: /task\s+\d+\s+RUNNING/ })
  })
  await host.step('tasks exec', () =>
    host.expect(`ctr tasks exec --exec-id e1 task sh -c 'echo in; exit 3'`, {
      status: 3,
      stdout: 'in\n',
    }),
  )
  await host.step('tasks exec --tty', () =>
    host.expect(`script -qec "ctr tasks exec --tty --exec-id e2 task tty" /dev/null`, {
      stdout: /\/dev\/pts\/\d/,
    }),
  )
  await host.step('tasks exec of a program that is not there', () =>
    host.expect('ctr tasks exec --exec-id e3 task /absent', {
      status: 1,
      stderr: /\/absent.*no such file or directory/,
    }),
  )
  await host.step('tasks ps, metrics', async () => {
    await host.expect('ctr tasks ps task', { stdout: /^\d+\s/m })
    await host.expect('ctr tasks metrics task', { stdout: /memory/ })
  })
  await host.step('tasks pause, resume', async () => {
    await host.expect('ctr tasks pause task')
    await host.expect('ctr tasks ls', { stdout: /task\s+\d+\s+PAUSED/ })
    await host.expect('ctr tasks resume task')
    await host.expect('ctr tasks ls', { stdout: /task\s+\d+\s+RUNNING/ })
  })
  await host.step('containerd restarts, the container goes on', async () => {
    await host.stop('containerd')
    await startContainerd(host)
    await host.expect('ctr tasks ls', { stdout: /task\s+\d+\s+RUNNING/ })
    await host.expect('ctr tasks exec --exec-id e4 task echo still', { stdout: 'still\n' })
  })
  await host.step('containerd is killed, the container goes on', async () => {
    await host.stop('containerd', 'SIGKILL')
    await startContainerd(host)
    await host.expect('ctr tasks exec --exec-id e5 task echo still', { stdout: 'still\n' })
  })
  await host.step('tasks kill, delete', async () => {
    await host.expect('ctr tasks kill --signal SIGKILL task')
    await host.until('ctr tasks ls | grep -q STOPPED', 'the task stops')
    await host.expect('ctr tasks delete task', { stderr: /exit code 137/ })
    await host.expect('ctr containers delete task')
    await host.expect('ctr tasks ls -q', { stdout: '' })
  })
}

const limited = (host: Host): Limited => ({
  start: run(host, '--detach --memory-limit 67108864 --cpus 0.5', 'limited', 'sleep 1000'),
  limits: { 'memory.max': '67108864', 'cpu.max': '50000 100000' },
  pid: `ctr tasks ls | awk '$1 == "limited" { print $2 }'`,
  cgroup: /^\/machine\.slice\/ctr-limited\.scope$/,
  end: `ctr tasks kill --signal SIGKILL limited; until ctr tasks delete limited; do sleep 0.2; done; ctr containers delete limited`,
})

/** Containers run on without containerd; when it is back they are as before. */
const outlive = async (host: Host, signal: NodeJS.Signals): Promise<void> => {
  await together(host.crowd, (i) => host.expect(run(host, '--detach', `stay-${i}`, 'sleep 1000')))
  await host.stop('containerd', signal)
  await startContainerd(host)
  await together(host.crowd, (i) =>
    host.expect(`ctr tasks exec --exec-id e stay-${i} sh -c 'echo ${i}; exit ${i}'`, { status: i }),
  )
  await together(host.crowd, async (i) => {
    await host.expect(`ctr tasks kill --signal SIGKILL stay-${i}`)
    await host.until(`ctr tasks ls | grep -q 'stay-${i} .*STOPPED'`, 'it stops')
    await host.expect(`ctr tasks delete stay-${i}`, { stderr: /exit code 137/ })
    await host.expect(`ctr containers delete stay-${i}`)
  })
}

const load = async (host: Host): Promise<void> => {
  await host.step(`${host.crowd} containers at a time`, () =>
    together(host.crowd, (i) =>
      host.expect(run(host, '--rm', `many-${i}`, `sh -c 'echo ${i}; exit ${i}'`), {
        status: i,
        stdout: `${i}\n`,
      }),
    ),
  )
  await host.step(`${host.crowd} execs at a time`, async () => {
    await host.expect(run(host, '--detach', 'busy', 'sleep 1000'))
    // Of what ends at once, containerd 1.6 loses the output now and then, with any runtime.
    await together(host.crowd, (i) =>
      host.expect(`ctr tasks exec --exec-id x${i} busy sh -c 'echo ${i}; sleep 0.2'`, {
        stdout: `${i}\n`,
      }),
    )
  })
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    await host.step(`${host.crowd} containers run while containerd ends by ${signal}`, () =>
      outlive(host, signal),
    )
  }
  await host.step('a container ends while containerd is away', async () => {
    await host.expect(run(host, '--detach', 'ends', `sh -c 'sleep 1; exit 5'`))
    await host.stop('containerd', 'SIGKILL')
    await new Promise((done) => setTimeout(done, 1500))
    await startContainerd(host)
    await host.expect('ctr tasks delete ends', { stderr: /exit code 5/ })
    await host.expect('ctr containers delete ends')
  })
  await host.step('100 MB of output', () =>
    expectOutput(host, run(host, '--rm', 'output', COMMAND)),
  )
  await host.step('nothing is left', async () => {
    await host.expect('ctr tasks kill --signal SIGKILL busy')
    await host.until('ctr tasks ls | grep -q STOPPED', 'the task stops')
    await host.expect('ctr tasks delete busy; ctr containers delete busy')
    await host.expect('ctr containers ls -q', { stdout: '' })
    await host.expect(
      'find /sys/fs/cgroup -mindepth 2 "(" -path "*/default/*" -o -name "ctr-*.scope" ")" -type d',
      { stdout: '' },
    )
    await host.expect('/usr/local/bin/tsrun --root /run/containerd/runc/default list --quiet', {
      stdout: '',
    })
  })
}

export const containerd: Client = {
  name: 'containerd',
  programs: { containerd: 'containerd', ctr: 'containerd', umoci: 'umoci', script: 'bsdutils' },
  systemd: true,
  page: 'clients/containerd.md',
  run: async (host) => {
    await host.step('containerd starts, an image is imported', async () => {
      await startContainerd(host)
      await host.expect(`ctr images import ${await ociArchive(host)}`)
    })
    await oneContainer(host)
    await oneTask(host)
    await taskSteps(host, (flags, id, command) => run(host, flags, id, command))
    await scopeSteps(host, limited(host))
    await load(host)
    await host.stop('containerd')
  },
}
