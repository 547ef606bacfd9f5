/** A pod and its containers, by the calls that the kubelet makes. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { IMAGE } from '../harness/image.ts'
import type { Host } from '../harness/host.ts'
import { NODE, POD } from './messages.ts'
import { ask } from './service.ts'
import type { Value } from './protobuf.ts'

const podConfig = (host: Host, name: string, logs: string, network: number): Value => ({
  metadata: { name, uid: `uid-${name}`, namespace: 'default', attempt: 0 },
  // Who shares the host's network has its name, too.
  ...(network === POD ? { hostname: name } : {}),
  log_directory: logs,
  linux: {
    cgroup_parent: host.systemd ? 'kubepods.slice' : '/kubepods',
    security_context: { namespace_options: { network, pid: 1, ipc: POD } },
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

  static async run(host: Host, name: string, network = NODE): Promise<Pod> {
    const logs = join(host.directory, `logs-${name}`)
    const config = podConfig(host, name, logs, network)
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

export const becomes = async (id: string, state: number): Promise<Value> => {
  for (let tries = 0; tries < 400; tries++) {
    const status = await statusOf(id)
    if (status['state'] === state) return status
    await new Promise((done) => setTimeout(done, 50))
  }
  throw new Error(`the container does not come to state ${state}`)
}

export const exec = async (container_id: string, ...cmd: readonly string[]): Promise<Value> =>
  ask('ExecSync', { container_id, cmd, timeout: 60 })
