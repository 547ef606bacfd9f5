/** `features`: what this runtime can do on this host. Spec: features.md, features-linux.md */
import { capabilityNames } from '../linux/capabilities/table.ts'
import { mountOptionNames } from '../linux/mounts/options.ts'
import { namespaceFlags } from '../linux/namespaces/plan.ts'

export const features = (): object => ({
  ociVersionMin: '1.0.0',
  ociVersionMax: '1.3.0',
  hooks: [],
  mountOptions: mountOptionNames(),
  linux: {
    namespaces: Object.keys(namespaceFlags).sort(),
    capabilities: capabilityNames,
    cgroup: { v1: true, v2: true, systemd: false, systemdUser: false, rdma: true },
    seccomp: { enabled: false },
    apparmor: { enabled: false },
    selinux: { enabled: false },
    intelRdt: { enabled: false },
    mountExtensions: { idmap: { enabled: false } },
    netDevices: { enabled: false },
  },
})
