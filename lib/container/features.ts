/** `features`: what this runtime can do on this host. Spec: features.md, features-linux.md */
import { capabilityNames } from '../linux/capabilities/table.ts'
import { memoryPolicyFlags, memoryPolicyModes } from '../linux/memory-policy/plan.ts'
import { mountOptionNames } from '../linux/mounts/options.ts'
import { namespaceFlags } from '../linux/namespaces/plan.ts'
import { archName, actions, flags, operators } from '../linux/seccomp/plan.ts'
import { supportedFlags } from '../linux/seccomp/supported.ts'
import type { Features, SeccompArchitecture, SeccompFeatures } from '../spec/types.ts'
import { hasLibsystemd } from '../sys/libsystemd.ts'
import { libseccomp, libseccompVersion } from '../sys/libseccomp.ts'

const architectures: readonly SeccompArchitecture[] = [
  'SCMP_ARCH_AARCH64',
  'SCMP_ARCH_ARM',
  'SCMP_ARCH_LOONGARCH64',
  'SCMP_ARCH_M68K',
  'SCMP_ARCH_MIPS',
  'SCMP_ARCH_MIPS64',
  'SCMP_ARCH_MIPS64N32',
  'SCMP_ARCH_MIPSEL',
  'SCMP_ARCH_MIPSEL64',
  'SCMP_ARCH_MIPSEL64N32',
  'SCMP_ARCH_PARISC',
  'SCMP_ARCH_PARISC64',
  'SCMP_ARCH_PPC',
  'SCMP_ARCH_PPC64',
  'SCMP_ARCH_PPC64LE',
  'SCMP_ARCH_RISCV64',
  'SCMP_ARCH_S390',
  'SCMP_ARCH_S390X',
  'SCMP_ARCH_SH',
  'SCMP_ARCH_SHEB',
  'SCMP_ARCH_X32',
  'SCMP_ARCH_X86',
  'SCMP_ARCH_X86_64',
]

const names = <T extends string>(table: Readonly<Record<T, unknown>>): T[] =>
  (Object.keys(table) as T[]).sort()

/** Without the library there are no filters; with it, the architectures that it knows. */
const seccompFeatures = (): { readonly seccomp: SeccompFeatures; readonly version?: string } => {
  try {
    const { archResolveName } = libseccomp()
    return {
      version: libseccompVersion(),
      seccomp: {
        enabled: true,
        actions: names(actions),
        operators: names(operators),
        archs: architectures.filter((name) => archResolveName(archName(name)) !== 0),
        knownFlags: names(flags),
        supportedFlags: supportedFlags(),
      },
    }
  } catch {
    return { seccomp: { enabled: false } }
  }
}

export const features = (): Features => {
  const { seccomp, version } = seccompFeatures()
  const hasSystemd = hasLibsystemd()
  return {
    ociVersionMin: '1.0.0',
    ociVersionMax: '1.3.0',
    hooks: [
      'prestart',
      'createRuntime',
      'createContainer',
      'startContainer',
      'poststart',
      'poststop',
    ],
    mountOptions: [...mountOptionNames()],
    annotations: {
      ...(version !== undefined && { 'io.github.seccomp.libseccomp.version': version }),
    },
    potentiallyUnsafeConfigAnnotations: ['run.oci.', 'org.systemd.property.'],
    linux: {
      namespaces: (Object.keys(namespaceFlags) as (keyof typeof namespaceFlags)[]).sort(),
      capabilities: [...capabilityNames],
      cgroup: { v1: true, v2: true, systemd: hasSystemd, systemdUser: hasSystemd, rdma: true },
      seccomp,
      apparmor: { enabled: true },
      selinux: { enabled: true },
      intelRdt: { enabled: true, schemata: true, monitoring: true },
      mountExtensions: { idmap: { enabled: true } },
      memoryPolicy: { modes: names(memoryPolicyModes), flags: names(memoryPolicyFlags) },
      netDevices: { enabled: true },
    },
  }
}
