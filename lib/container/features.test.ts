/** What `features` says has to be true: here of its own tables, in conformance/ of what they do. */
import t from 'tap'
import { validators } from '../spec/validate-all.js'
import { libseccomp } from '../sys/libseccomp.ts'
import { features } from './features.ts'

const hasLibseccomp = (): boolean => {
  try {
    libseccomp()
    return true
  } catch {
    return false
  }
}

const all = features()
t.strictSame(validators().Features(all), [], 'as the specification wants it')

t.test('what the specification has', async (t) => {
  t.equal(all.hooks?.length, 6)
  t.ok(all.potentiallyUnsafeConfigAnnotations?.includes('run.oci.'))
  t.equal(typeof all.annotations, 'object')
  const { linux = {} } = all
  for (const part of ['apparmor', 'selinux', 'netDevices', 'intelRdt'] as const) {
    t.equal(typeof linux[part]?.enabled, 'boolean', part)
  }
  t.match(linux.intelRdt, { schemata: Boolean, monitoring: Boolean })
  t.ok(linux.capabilities?.includes('CAP_CHECKPOINT_RESTORE'))
  t.equal(linux.mountExtensions?.idmap?.enabled, true)
  t.ok(linux.memoryPolicy?.modes?.includes('MPOL_WEIGHTED_INTERLEAVE'))
  t.ok(linux.memoryPolicy?.flags?.includes('MPOL_F_STATIC_NODES'))
  t.match(linux.cgroup, { v1: true, v2: true, systemd: Boolean, systemdUser: Boolean, rdma: true })
})

t.test(
  'what libseccomp and the kernel have',
  { skip: !hasLibseccomp() && 'needs libseccomp' },
  async (t) => {
    const { seccomp } = all.linux!
    t.match(seccomp, { enabled: true, actions: Array, operators: Array, knownFlags: Array })
    const native = process.arch === 'arm64' ? 'SCMP_ARCH_AARCH64' : 'SCMP_ARCH_X86_64'
    t.ok(seccomp?.archs?.includes(native))
    t.strictSame(
      seccomp?.supportedFlags?.filter((flag) => !seccomp.knownFlags?.includes(flag)),
      [],
      'no flag is supported that is not known',
    )
    t.ok(seccomp?.supportedFlags?.includes('SECCOMP_FILTER_FLAG_TSYNC'))
  },
)
