/** A pod and its containers, by the calls that the kubelet makes. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { IMAGE } from '../harness/image.ts'
import type { Host } from '../harness/host.ts'
import { CONTAINER, NODE, POD } from './messages.ts'
import { ask } from './service.ts'
import type { Value } from './protobuf.ts'

/** What else there is to say of a pod. */
export interface PodOptions {
  readonly pid?: number
  readonly ipc?: number
  readonly security?: Value
  readonly sysctls?: Readonly<Record<string, string>>
}

const podConfig = (
  host: Host,
  name: string,
  logs: string,
  network: number,
  { pid = CONTAINER, ipc = POD, security = {}, sysctls = {} }: PodOptions,
): Value => ({
  metadata: { name, uid: `uid-${name}`, namespace: 'default', attempt: 0 },
  // Who shares the host's network has its name, too.
  ...(network === POD ? { hostname: name } : {}),
  log_directory: logs,
  linux: {
    cgroup_parent: host.systemd ? 'kubepods.slice' : '/kubepods',
    security_context: { namespace_options: { network, pid, ipc }, ...security },
    sysctls: Object.entries(sysctls).map(([key, value]) => ({ key, value })),
  },
})

/** A pod's life, with what is done in between. */
export class Pod {
  readonly id: string
  readonly config: Value
  readonly logs: string

  constructor(id: string, config: Value, logs: string) {
    this.id = id
    this.config = config
    this.logs = logs
  }

  static async run(
    host: Host,
    name: string,
    network = NODE,
    options: PodOptions = {},
  ): Promise<Pod> {
    const logs = join(host.directory, `logs-${name}`)
    const config = podConfig(host, name, logs, network, options)
    const { pod_sandbox_id } = await ask('RunPodSandbox', { config, runtime_handler: 'tsrun' })
    return new Pod(String(pod_sandbox_id), config, logs)
  }

  async start(name: string, command: readonly string[], more: Value = {}): Promise<string> {
    const config = {
      metadata: { name, attempt: 0 },
      image: { image: IMAGE },
      command,
      log_path: `${name}.log`,
      ...more,
    }
    const request = { pod_sandbox_id: this.id, config, sandbox_config: this.config }
    const { container_id } = await ask('CreateContainer', request)
    await ask('StartContainer', { container_id })
    return String(container_id)
  }

  /** What the container wrote, without the time that precedes each line. */
  log(name: string): string {
    const text = readFileSync(join(this.logs, `${name}.log`), 'utf8')
    return text.replace(/^\S+ (stdout|stderr) F /gm, '$1: ')
  }

  async remove(): Promise<void> {
    await ask('StopPodSandbox', { pod_sandbox_id: this.id })
    await ask('RemovePodSandbox', { pod_sandbox_id: this.id })
  }
}

const statusOf = async (container_id: string): Promise<Value> =>
  (await ask('ContainerStatus', { container_id }))['status'] as Value

/** Longer than any takes: under emulation, with others beside it, half a minute. In milliseconds. */
const PATIENCE = 120_000

export const becomes = async (id: string, state: number): Promise<Value> => {
  for (const end = performance.now() + PATIENCE; performance.now() < end;) {
    const status = await statusOf(id)
    if (status['state'] === state) return status
    await new Promise((done) => setTimeout(done, 50))
  }
  throw new Error(`the container does not come to state ${state}`)
}

/** @returns what a script wrote that was run in the container */
export const output = async (container_id: string, script: string): Promise<string> =>
  String((await exec(container_id, 'sh', '-c', script))['stdout'] ?? '')

export const exec = async (container_id: string, ...cmd: readonly string[]): Promise<Value> =>
  ask('ExecSync', { container_id, cmd, timeout: 60 })
