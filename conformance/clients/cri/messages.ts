/** Kubernetes' container runtime interface, version 1: the messages that the steps send and read, as tables. */
import type { Message } from './protobuf.ts'

/** Modes of a namespace: the pod's, the container's, the host's. */
export const POD = 0
export const NODE = 2

/** States of a container. */
export const RUNNING = 1
export const EXITED = 2

const namespaces: Message = { network: [1, 'number'], pid: [2, 'number'], ipc: [3, 'number'] }

const sandboxConfig: Message = {
  metadata: [
    1,
    { name: [1, 'string'], uid: [2, 'string'], namespace: [3, 'string'], attempt: [4, 'number'] },
  ],
  hostname: [2, 'string'],
  log_directory: [3, 'string'],
  linux: [
    8,
    {
      cgroup_parent: [1, 'string'],
      security_context: [2, { namespace_options: [1, namespaces] }],
    },
  ],
}

const resources: Message = {
  cpu_period: [1, 'number'],
  cpu_quota: [2, 'number'],
  cpu_shares: [3, 'number'],
  memory_limit_in_bytes: [4, 'number'],
  oom_score_adj: [5, 'number'],
}

const int64: Message = { value: [1, 'number'] }

const containerConfig: Message = {
  metadata: [1, { name: [1, 'string'], attempt: [2, 'number'] }],
  image: [2, { image: [1, 'string'] }],
  command: [3, ['string']],
  args: [4, ['string']],
  working_dir: [5, 'string'],
  envs: [6, [{ key: [1, 'string'], value: [2, 'string'] }]],
  mounts: [
    7,
    [{ container_path: [1, 'string'], host_path: [2, 'string'], readonly: [3, 'boolean'] }],
  ],
  log_path: [11, 'string'],
  stdin: [12, 'boolean'],
  tty: [14, 'boolean'],
  linux: [
    15,
    {
      resources: [1, resources],
      security_context: [
        2,
        {
          privileged: [2, 'boolean'],
          namespace_options: [3, namespaces],
          run_as_user: [5, int64],
          readonly_rootfs: [7, 'boolean'],
          no_new_privs: [11, 'boolean'],
        },
      ],
    },
  ],
}

const none: Message = {}
/** Where to connect, websocket.ts. */
const address: Message = { url: [1, 'string'] }
const container: Message = { container_id: [1, 'string'] }
const sandbox: Message = { pod_sandbox_id: [1, 'string'] }

/** Method of the RuntimeService → what it takes and what it gives. */
export const methods = {
  Version: [none, { runtime_name: [2, 'string'], runtime_version: [3, 'string'] }],
  RunPodSandbox: [{ config: [1, sandboxConfig], runtime_handler: [2, 'string'] }, sandbox],
  StopPodSandbox: [sandbox, none],
  RemovePodSandbox: [sandbox, none],
  ListPodSandbox: [none, { items: [1, [{ id: [1, 'string'] }]] }],
  CreateContainer: [
    {
      pod_sandbox_id: [1, 'string'],
      config: [2, containerConfig],
      sandbox_config: [3, sandboxConfig],
    },
    container,
  ],
  StartContainer: [container, none],
  StopContainer: [{ container_id: [1, 'string'], timeout: [2, 'number'] }, none],
  RemoveContainer: [container, none],
  ContainerStatus: [
    container,
    {
      status: [
        1,
        {
          state: [3, 'number'],
          exit_code: [7, 'number'],
          reason: [10, 'string'],
          message: [11, 'string'],
        },
      ],
    },
  ],
  ExecSync: [
    { container_id: [1, 'string'], cmd: [2, ['string']], timeout: [3, 'number'] },
    { stdout: [1, 'string'], stderr: [2, 'string'], exit_code: [3, 'number'] },
  ],
  Exec: [
    {
      container_id: [1, 'string'],
      cmd: [2, ['string']],
      tty: [3, 'boolean'],
      stdin: [4, 'boolean'],
      stdout: [5, 'boolean'],
      stderr: [6, 'boolean'],
    },
    address,
  ],
  Attach: [
    {
      container_id: [1, 'string'],
      stdin: [2, 'boolean'],
      tty: [3, 'boolean'],
      stdout: [4, 'boolean'],
      stderr: [5, 'boolean'],
    },
    address,
  ],
  PortForward: [{ pod_sandbox_id: [1, 'string'], port: [2, ['number']] }, address],
  UpdateContainerResources: [{ container_id: [1, 'string'], linux: [2, resources] }, none],
  ContainerStats: [
    container,
    { stats: [1, { memory: [3, { working_set_bytes: [2, { value: [1, 'number'] }] }] }] },
  ],
} as const satisfies Readonly<Record<string, readonly [Message, Message]>>
