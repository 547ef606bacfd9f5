/** containerd's CRI plugin, as the kubelet uses it: pods with the handler `tsrun`, containers, exec, logs. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { IMAGE, ociArchive } from '../harness/image.ts'
import { maySetResources } from '../harness/capabilities.ts'
import { SCRIPT } from '../harness/output.ts'
import { together, type Host } from '../harness/host.ts'
import { scopeSteps } from '../harness/scope.ts'
import type { Client } from '../harness/client.ts'
import { equal } from './equal.ts'
import { lifeSteps } from './life.ts'
import { EXITED, POD, RUNNING } from './messages.ts'
import { becomes, exec, Pod } from './pod.ts'
import { securitySteps } from './security.ts'
import { ask, startContainerd } from './service.ts'
import { streamingSteps } from './streaming.ts'

const onePod = async (host: Host): Promise<void> => {
  let pod: Pod | undefined
  let id = ''
  await host.step('a pod with the handler tsrun', async () => {
    pod = await Pod.run(host, 'one')
  })
  if (pod === undefined) return
  const { remove, start, log } = {
    remove: pod.remove.bind(pod),
    start: pod.start.bind(pod),
    log: pod.log.bind(pod),
  }
  await host.step('a container: log, status', async () => {
    const short = await start('short', ['sh', '-c', 'echo out; echo error >&2; exit 7'])
    equal((await becomes(short, EXITED))['exit_code'], 7, 'status')
    equal(log('short').split('\n').toSorted().join('|'), '|stderr: error|stdout: out', 'log')
    await ask('RemoveContainer', { container_id: short })
  })
  await host.step('a container with user, environment, limits and a read-only root', async () => {
    const short = await start('limited', ['sh', '-c', 'id -u; echo $A; pwd; touch /x || echo no'], {
      envs: [{ key: 'A', value: 'b' }],
      working_dir: '/tmp',
      linux: {
        resources: { memory_limit_in_bytes: 33554432, cpu_shares: 512, oom_score_adj: 500 },
        security_context: {
          run_as_user: { value: 1000 },
          readonly_rootfs: true,
          no_new_privs: true,
        },
      },
    })
    await becomes(short, EXITED)
    const lines = log('limited')
      .split('\n')
      .filter((line) => line.startsWith('stdout'))
    equal(lines.join('|'), 'stdout: 1000|stdout: b|stdout: /tmp|stdout: no', 'log')
  })
  await host.step('a program that is not there', async () => {
    const error = await start('absent', ['/absent']).catch((failure: Error) => failure.message)
    if (!/\/absent.*no such file or directory/.test(error)) throw new Error(error)
  })
  await host.step('a container that stays', async () => {
    id = await start('stays', ['sh', '-c', `trap '' TERM; while :; do sleep 1; done`])
    equal((await becomes(id, RUNNING))['state'], RUNNING, 'state')
  })
  await host.step('exec: output and status', async () => {
    const { stdout, stderr, exit_code } = await exec(
      id,
      'sh',
      '-c',
      'echo out; echo error >&2; exit 3',
    )
    equal(`${stdout}${stderr}${exit_code}`, 'out\nerror\n3', 'exec')
  })
  await host.step('exec of a program that is not there', async () => {
    const error = await exec(id, '/absent').catch((failure: Error) => failure.message)
    if (!/\/absent.*no such file or directory/.test(String(error)))
      throw new Error(JSON.stringify(error))
  })
  await host.step('exec that takes too long is killed', async () => {
    const error = await ask('ExecSync', {
      container_id: id,
      cmd: ['sleep', '50'],
      timeout: 1,
    }).catch((failure: Error) => failure.message)
    if (!/timeout|deadline/.test(String(error))) throw new Error(JSON.stringify(error))
  })
  await host.step(`${host.crowd} execs at a time`, () =>
    together(host.crowd, async (i) =>
      equal((await exec(id, 'echo', `${i}`))['stdout'], `${i}\n`, 'exec'),
    ),
  )
  await host.step('statistics, an update of the limits', async () => {
    await ask('UpdateContainerResources', {
      container_id: id,
      linux: { memory_limit_in_bytes: 67108864, cpu_shares: 256 },
    })
    await ask('ContainerStats', { container_id: id })
  })
  await host.step('containerd restarts, the pod goes on', async () => {
    await host.stop('containerd')
    await startContainerd(host)
    equal((await becomes(id, RUNNING))['state'], RUNNING, 'state')
    equal((await exec(id, 'echo', 'still'))['stdout'], 'still\n', 'exec')
  })
  await host.step('stop: SIGTERM, then SIGKILL', async () => {
    await ask('StopContainer', { container_id: id, timeout: 1 })
    equal((await becomes(id, EXITED))['exit_code'], 137, 'status')
  })
  await host.step('the pod is removed', remove)
}

/** Of 512 shares: runc's until 1.3, and the one of later runtimes, for which 1024 shares are a weight of 100. */
const WEIGHT = /^(20|59)\n$/

const limitedContainer = async (host: Host): Promise<void> => {
  if (!host.systemd) return
  const pod = await Pod.run(host, 'limited')
  let container_id = ''
  const resources = {
    memory_limit_in_bytes: 67108864,
    cpu_shares: 512,
    cpu_quota: 50000,
    cpu_period: 100000,
  }
  await scopeSteps(host, {
    start: async () => {
      container_id = await pod.start('limited', ['sleep', '1000'], { linux: { resources } })
      host.write(join(host.directory, 'limited'), container_id)
    },
    limits: { 'memory.max': '67108864', 'cpu.max': '50000 100000', 'cpu.weight': WEIGHT },
    pid: `/usr/local/bin/tsrun --root /run/containerd/runc/k8s.io state $(cat limited) | sed -n 's/.*"pid": *\\([0-9]*\\).*/\\1/p'`,
    cgroup: /^\/kubepods\.slice\/cri-containerd-\w{64}\.scope$/,
    update: [
      () =>
        ask('UpdateContainerResources', {
          container_id,
          linux: { memory_limit_in_bytes: 134217728, cpu_quota: 150000, cpu_period: 100000 },
        }),
      { 'memory.max': '134217728', 'cpu.max': '150000 100000', 'cpu.weight': WEIGHT },
    ],
    end: () => ask('StopContainer', { container_id, timeout: 1 }),
  })
  await pod.remove()
}

const criPlugin = async (host: Host): Promise<void> => {
  await host.step('containerd starts with its CRI plugin', async () => {
    await startContainerd(host)
    await host.expect(`ctr --namespace k8s.io images import ${await ociArchive(host)}`)
    // What keeps a pod's namespaces: the image that the configuration names, made of ours.
    const pause = /sandbox_image = "(.*)"/.exec(await host.expect('containerd config dump'))?.[1]
    await host.expect(
      `umoci config --image layout:${IMAGE} --tag pause --config.cmd sleep --config.cmd 1000000 &&
       sed -i 's,"pause","${pause}",' layout/index.json && tar -C layout -cf pause.tar . &&
       ctr --namespace k8s.io images import pause.tar`,
    )
    const { runtime_name } = await ask('Version')
    equal(runtime_name, 'containerd', 'Version')
  })
  await onePod(host)
  await limitedContainer(host)
  await streamingSteps(host)
  await securitySteps(host)
  await lifeSteps(host)
  await host.step('a pod with a network of its own', async () => {
    const pod = await Pod.run(host, 'network', POD)
    const id = await pod.start('stays', ['sleep', '1000'])
    const { stdout } = await exec(id, 'sh', '-c', 'hostname; ip addr')
    if (!String(stdout).startsWith('network\n') || !/inet 10\.99\./.test(String(stdout)))
      throw new Error(String(stdout))
    await pod.remove()
  })
  await host.step(`${host.crowd / 2} pods at a time, two containers each`, () =>
    together(host.crowd / 2, async (i) => {
      const pod = await Pod.run(host, `many-${i}`)
      const ids = await Promise.all(
        ['a', 'b'].map((name) => pod.start(name, ['sh', '-c', `exit ${i}`])),
      )
      for (const id of ids) equal((await becomes(id, EXITED))['exit_code'] ?? 0, i, 'status')
      await pod.remove()
    }),
  )
  await host.step('100 MB of log', async () => {
    const pod = await Pod.run(host, 'output')
    // It stays: of a container that has ended, the shim passes on no more than 10 seconds of output.
    const line = `${SCRIPT}; echo; sleep 1000`
    await pod.start('output', ['sh', '-c', line])
    // containerd splits lines where it read half of one (P).
    const text = `sed 's/^[^ ]* stdout [FP] //' ${join(pod.logs, 'output.log')} | tr -d '\\n'`
    const sum = await host.expect(`${SCRIPT} | tr -d '\\n' | sha256sum`)
    await host.until(`test "$(${text} | sha256sum)" = "${sum.trim()}"`, 'the whole log', 60_000)
    await pod.remove()
  })
  await host.step('nothing is left', async () => {
    equal(JSON.stringify(await ask('ListPodSandbox')), '{}', 'pods')
    await host.expect('find /sys/fs/cgroup -mindepth 3 -path "*/kubepods*/*" -type d', {
      stdout: '',
    })
    await host.expect('/usr/local/bin/tsrun --root /run/containerd/runc/k8s.io list --quiet', {
      stdout: '',
    })
  })
  await host.stop('containerd')
}

/** A pod asks for an oom_score_adj of -998, which takes CAP_SYS_RESOURCE. */
const adaptConfig = (host: Host): void => {
  const path = '/etc/containerd/config.toml'
  const table = '[plugins."io.containerd.grpc.v1.cri"]\n  restrict_oom_score_adj = true\n'
  host.write(path, `${readFileSync(path, 'utf8')}\n${table}`)
}

export const cri: Client = {
  name: 'cri',
  programs: {
    containerd: 'containerd',
    ctr: 'containerd',
    umoci: 'umoci',
    iptables: 'iptables',
    apparmor_parser: 'apparmor',
    '/usr/lib/cni/ptp': 'containernetworking-plugins',
  },
  systemd: true,
  page: 'clients/containerd.md',
  run: async (host) => {
    // Where the plugins are by default; Debian has them elsewhere.
    await host.expect('mkdir -p /opt/cni && ln -sfn /usr/lib/cni /opt/cni/bin')
    host.write(
      '/etc/cni/net.d/10-pods.conflist',
      JSON.stringify({
        cniVersion: '0.4.0',
        name: 'pods',
        plugins: [{ type: 'ptp', ipam: { type: 'host-local', subnet: '10.99.0.0/24' } }],
      }),
    )
    if (!maySetResources()) adaptConfig(host)
    await criPlugin(host)
  },
}
