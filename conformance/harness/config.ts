/** The configuration that every test starts from and changes: small, complete, and the same for all runtimes. */

/** One entry of `mounts`. */
export interface Mount {
  destination: string
  type?: string
  source?: string
  options?: string[]
  [key: string]: unknown
}

/** As much of config.json as the tests name; they may set anything else, and wrong things too. */
export interface Config {
  ociVersion: string
  process: {
    args: string[]
    env: string[]
    cwd: string
    user: { uid: number; gid: number; [key: string]: unknown }
    [key: string]: unknown
  }
  root: { path: string; readonly?: boolean }
  mounts: Mount[]
  linux: {
    namespaces: { type: string; path?: string }[]
    cgroupsPath?: string
    [key: string]: unknown
  }
  [key: string]: unknown
}

const mounts = (): Mount[] => [
  { destination: '/proc', type: 'proc', source: 'proc' },
  {
    destination: '/dev',
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
  },
  {
    destination: '/dev/pts',
    type: 'devpts',
    source: 'devpts',
    options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620'],
  },
  {
    destination: '/dev/shm',
    type: 'tmpfs',
    source: 'shm',
    options: ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=65536k'],
  },
  {
    destination: '/sys',
    type: 'sysfs',
    source: 'sysfs',
    options: ['nosuid', 'noexec', 'nodev', 'ro'],
  },
]

/** @param id names the container's cgroup, and is found in every process's environment */
export const defaultConfig = (id: string): Config => ({
  ociVersion: '1.0.2',
  process: {
    args: ['true'],
    env: ['PATH=/bin', `CONFORMANCE=${id}`],
    cwd: '/',
    user: { uid: 0, gid: 0 },
  },
  root: { path: 'rootfs' },
  mounts: mounts(),
  linux: {
    cgroupsPath: `/${id}`,
    namespaces: ['pid', 'network', 'ipc', 'uts', 'mount'].map((type) => ({ type })),
  },
})

/** A user namespace that makes uid and gid 0 of the container 100000 of the host. */
export const addUserNamespace = (config: Config, size = 65536): void => {
  config.linux.namespaces.push({ type: 'user' })
  config.linux['uidMappings'] = [{ containerID: 0, hostID: 100000, size }]
  config.linux['gidMappings'] = [{ containerID: 0, hostID: 100000, size }]
}

export const removeNamespace = (config: Config, type: string): void => {
  config.linux.namespaces = config.linux.namespaces.filter((namespace) => namespace.type !== type)
}
