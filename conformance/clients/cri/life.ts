/** What the kubelet does with a container that runs: probes, limits that change, statistics, logs, mounts. */
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Host } from '../harness/host.ts'
import { equal } from './equal.ts'
import { BIDIRECTIONAL, HOST_TO_CONTAINER, PRIVATE } from './messages.ts'
import { exec, output, Pod } from './pod.ts'
import { ask } from './service.ts'
import type { Value } from './protobuf.ts'

const PROBES = 50

/** The limits inside, on a host with either version of cgroups. */
const LIMITS = `cd /sys/fs/cgroup; cat memory.max memory/memory.limit_in_bytes cpu.max cpu/cpu.cfs_quota_us 2>/dev/null
  grep Cpus_allowed_list /proc/self/status`

const changes: readonly (readonly [resources: Value, limits: RegExp])[] = [
  [{ memory_limit_in_bytes: 67108864 }, /^67108864\n(max|-1)/],
  [{ cpu_quota: 30000, cpu_period: 100000 }, /^67108864\n30000( 100000)?\n/],
  [{ cpu_shares: 256 }, /^67108864\n30000( 100000)?\n/],
  [{ cpuset_cpus: '0' }, /^67108864\n30000( 100000)?\nCpus_allowed_list:\t0\n/],
  [{ memory_limit_in_bytes: 134217728 }, /^134217728\n30000( 100000)?\nCpus_allowed_list:\t0\n/],
]

const numberIn = (stats: Value, ...path: readonly string[]): number =>
  Number(path.reduce<unknown>((value, name) => (value as Value | undefined)?.[name], stats))

const running = async (host: Host, pod: Pod): Promise<void> => {
  let id = ''
  await host.step('a container that writes', async () => {
    id = await pod.start('writes', ['sh', '-c', 'while :; do echo line; sleep 0.1; done'])
  })
  await host.step(`${PROBES} probes, one after the other`, async () => {
    for (let i = 0; i < PROBES; i++) {
      equal((await exec(id, 'sh', '-c', `exit ${i % 2}`))['exit_code'] ?? 0, i % 2, 'status')
    }
    const line = 'ps -o args | grep -c "[s]h -c exit"'
    equal(await output(id, line), '0\n', 'probes that are left')
  })
  await host.step('update: one limit after the other, the others stay', async () => {
    for (const [linux, limits] of changes) {
      await ask('UpdateContainerResources', { container_id: id, linux })
      const found = await output(id, LIMITS)
      if (!limits.test(found)) throw new Error(`${JSON.stringify(linux)}: ${found}, not ${limits}`)
    }
  })
  await host.step('statistics: time and memory', async () => {
    const { stats } = await ask('ContainerStats', { container_id: id })
    const time = numberIn(stats as Value, 'cpu', 'usage_core_nano_seconds', 'value')
    const memory = numberIn(stats as Value, 'memory', 'working_set_bytes', 'value')
    if (!(time > 1e6 && memory > 1e4)) throw new Error(`${time} ns, ${memory} bytes`)
  })
  await host.step('the log is moved away, and opened again', async () => {
    const path = join(pod.logs, 'writes.log')
    renameSync(path, `${path}.1`)
    await ask('ReopenContainerLog', { container_id: id })
    await host.until(`grep -q 'stdout F line' ${path}`, 'lines in the new log')
    const before = readFileSync(`${path}.1`, 'utf8')
    await new Promise((done) => setTimeout(done, 500))
    equal(readFileSync(`${path}.1`, 'utf8'), before, 'the old log')
  })
}

const mounts = async (host: Host, pod: Pod): Promise<void> => {
  const source = join(host.directory, 'shared')
  const volume = (name: string, propagation: number): Promise<string> =>
    pod.start(name, ['sleep', '1000'], {
      mounts: [{ container_path: '/volume', host_path: source, propagation }],
      linux: { security_context: { privileged: true } },
    })
  await host.step('mounts pass into and out of a container, as its volume says', async () => {
    mkdirSync(source)
    await host.expect(`mount -t tmpfs shared ${source} && mount --make-shared ${source}`)
    const none = await volume('private', PRIVATE)
    const into = await volume('into', HOST_TO_CONTAINER)
    const both = await volume('both', BIDIRECTIONAL)
    await host.expect(`mkdir ${source}/outer && mount -t tmpfs outer ${source}/outer`)
    await host.expect(`touch ${source}/outer/file`)
    const see = '[ -e /volume/outer/file ] && echo yes || echo no'
    const seen = await Promise.all([none, into, both].map((id) => output(id, see)))
    equal(seen.join(''), 'no\nyes\nyes\n', 'what the host mounted')
    for (const [name, id] of Object.entries({ none, into, both })) {
      const path = `/volume/${name}`
      const line = `mkdir ${path} && mount -t tmpfs x ${path} && touch ${path}/file && echo done`
      equal(await output(id, line), 'done\n', name)
    }
    const out = ['none', 'into', 'both'].map((name) => existsSync(join(source, name, 'file')))
    equal(out.join(), 'false,false,true', 'what containers mounted')
  })
}

export const lifeSteps = async (host: Host): Promise<void> => {
  let pod: Pod | undefined
  await host.step('a pod that lives', async () => {
    pod = await Pod.run(host, 'life', undefined, { security: { privileged: true } })
  })
  if (pod === undefined) return
  await running(host, pod)
  await mounts(host, pod)
  await host.step('the pod that lived is removed', async () => {
    await pod?.remove()
    await host.expect(`umount -R ${join(host.directory, 'shared')}`)
  })
}
