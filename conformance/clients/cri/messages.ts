/** Kubernetes' container runtime interface, version 1: the messages that the steps send and read, as tables. */
import type { Message } from './protobuf.ts'

/** Modes of a namespace: the pod's, the container's, the host's. */
export const POD = 0
export const CONTAINER = 1
export const NODE = 2

/** How mounts are passed on: not at all, into the container, also out of it. */
export const PRIVATE = 0
export const HOST_TO_CONTAINER = 1
export const BIDIRECTIONAL = 2

/** Where a profile of seccomp or AppArmor comes from. */
export const DEFAULT = 0
export const UNCONFINED = 1
export const LOCALHOST = 2

/** States of a container. */
export const RUNNING = 1
export const EXITED = 2

const int64: Message = { value: [1, 'number'] }
const entry: Message = { key: [1, 'string'], value: [2, 'string'] }
const profile: Message = { profile_type: [1, 'number'], localhost_ref: [2, 'string'] }

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
      security_context: [
        2,
        { namespace_options: [1, namespaces], privileged: [6, 'boolean'], seccomp: [9, profile] },
      ],
      sysctls: [3, [entry]],
    },
  ],
}

const resources: Message = {
  cpu_period: [1, 'number'],
  cpu_quota: [2, 'number'],
  cpu_shares: [3, 'number'],
  memory_limit_in_bytes: [4, 'number'],
  oom_score_adj: [5, 'number'],
  cpuset_cpus: [6, 'string'],
}

const containerConfig: Message = {
  metadata: [1, { name: [1, 'string'], attempt: [2, 'number'] }],
  image: [2, { image: [1, 'string'] }],
  command: [3, ['string']],
  args: [4, ['string']],
  working_dir: [5, 'string'],
  envs: [6, [entry]],
  mounts: [
    7,
    [
      {
        container_path: [1, 'string'],
        host_path: [2, 'string'],
        readonly: [3, 'boolean'],
        propagation: [5, 'number'],
      },
    ],
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
          capabilities: [
            1,
            { add_capabilities: [1, ['string']], drop_capabilities: [2, ['string']] },
          ],
          privileged: [2, 'boolean'],
          namespace_options: [3, namespaces],
          run_as_user: [5, int64],
          readonly_rootfs: [7, 'boolean'],
          supplemental_groups: [8, ['number']],
          no_new_privs: [11, 'boolean'],
          run_as_group: [12, int64],
          masked_paths: [13, ['string']],
          readonly_paths: [14, ['string']],
          seccomp: [15, profile],
          apparmor: [16, profile],
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
    {
      stats: [
        1,
        {
          cpu: [2, { usage_core_nano_seconds: [2, int64] }],
          memory: [3, { working_set_bytes: [2, int64] }],
        },
      ],
    },
  ],
  ReopenContainerLog: [container, none],
} as const satisfies Readonly<Record<string, readonly [Message, Message]>>
