/** From the config's filter to the kernel's instructions, by libseccomp. Parent. */
import { Failure, doing } from '../../failure.ts'
import { warn } from '../../log.ts'
import type { Seccomp } from '../../spec/types.ts'
import { EEXIST } from '../../sys/errno.ts'
import { close, memfdCreate, pread } from '../../sys/file.ts'
import { MFD_CLOEXEC } from '../../sys/flags/open.ts'
import { check, libseccomp, libseccompVersion } from '../../sys/libseccomp.ts'
import { enosysPrologue, wantsEnosys, type Newest } from './newer-calls.ts'
import { actionOf, archName, comparisons, conditionsOf } from './plan.ts'
import { shorten } from './shorten.ts'

const X32 = 0x4000003e
const X86_64 = 0xc000003e
const UNKNOWN = -1
/** The kernel's limit of 4096 instructions, after libseccomp's own. */
const MAX_SIZE = 4096 * 8

const architectures = ({ architectures = [] }: Seccomp): readonly number[] => {
  const { archNative, archResolveName } = libseccomp()
  const tokens = architectures.map((name, i) => {
    const token = archResolveName(archName(name)) >>> 0
    if (token !== 0) return token
    throw new Failure(`libseccomp ${libseccompVersion()} does not know ${name}`, {
      code: 'SECCOMP_UNKNOWN_ARCHITECTURE',
      pointer: `/linux/seccomp/architectures/${i}`,
    })
  })
  return [...new Set([archNative() >>> 0, ...tokens])]
}

interface Added {
  readonly rules: number
  /** Names that libseccomp does not know. */
  readonly unknown: readonly string[]
}

const addRules = (context: bigint, seccomp: Seccomp, failUnknown: boolean): Added => {
  const { resolveName, ruleAdd } = libseccomp()
  const byDefault = actionOf(seccomp.defaultAction, seccomp.defaultErrnoRet)
  const unknown = new Set<string>()
  let rules = 0
  seccomp.syscalls?.forEach(({ names, action, errnoRet, args }, i) => {
    const value = actionOf(action, errnoRet)
    const conditions = conditionsOf(args).map((all) => ({
      count: all.length,
      bytes: comparisons(all),
    }))
    names.forEach((name, j) => {
      const number = resolveName(name)
      if (number === UNKNOWN) {
        unknown.add(name)
        if (!failUnknown) return
        throw new Failure(`unknown system call ${JSON.stringify(name)}`, {
          code: 'SECCOMP_UNKNOWN_SYSCALL',
          pointer: `/linux/seccomp/syscalls/${i}/names/${j}`,
          hint: 'the annotation run.oci.seccomp_fail_unknown_syscall makes this an error',
        })
      }
      // libseccomp refuses what would change nothing.
      if (value === byDefault) return
      doing(
        `add seccomp rule for ${name}`,
        () => {
          for (const { count, bytes } of conditions) {
            check('seccomp_rule_add', ruleAdd(context, value, number, count, bytes), name)
            rules++
          }
        },
        { pointer: `/linux/seccomp/syscalls/${i}` },
      )
    })
  })
  return { rules, unknown: [...unknown] }
}

/** The kernel's; x32 has that of x86-64. */
const auditArchOf = (arch: number): number => (arch === X32 ? X86_64 : arch)

const newest = ({ syscalls = [] }: Seccomp, archs: readonly number[]): readonly Newest[] => {
  const { resolveNameArch } = libseccomp()
  const names = [...new Set(syscalls.flatMap((rule) => rule.names))]
  return archs.flatMap((arch) => {
    let number = -1
    for (const name of names) number = Math.max(number, resolveNameArch(arch, name))
    return number < 0 ? [] : [{ arch: auditArchOf(arch), number }]
  })
}

const exported = (context: bigint): Buffer => {
  const file = memfdCreate('tsrun-seccomp', MFD_CLOEXEC)
  try {
    check('seccomp_export_bpf', libseccomp().exportBpf(context, file), '')
    const buffer = Buffer.alloc(MAX_SIZE + 8)
    return buffer.subarray(0, pread(file, buffer, buffer.length, 0))
  } finally {
    close(file)
  }
}

const CTL_OPTIMIZE = 8
const BINARY_TREE = 2
/** libseccomp before 2.5.4 forgets the default action of a tree without rules; with few there is nothing to gain. */
const FEW = 8

/**
 * By number instead of one comparison after the other, as runc has it since 1.2. The kernel tries a new filter with
 * every system call: 0.6 ms instead of 3.1 for the 370 of an engine's profile. libseccomp before 2.5 has no trees.
 */
const asTree = (context: bigint, rules: number): void => {
  if (rules > FEW) libseccomp().attrSet(context, CTL_OPTIMIZE, BINARY_TREE)
}

interface Compiled {
  /** `struct sock_filter`s */
  readonly filter: Buffer
  /** Audit architectures that it tells apart. */
  readonly archs: readonly number[]
}

/** As libseccomp has it, with what stands before that. @throws Failure */
export const compileInFull = (seccomp: Seccomp, failUnknown: boolean): Compiled => {
  const { init, release, archAdd } = libseccomp()
  const context = init(actionOf(seccomp.defaultAction, seccomp.defaultErrnoRet))
  if (!context) throw new Failure('libseccomp does not know the default action')
  try {
    const archs = architectures(seccomp)
    for (const arch of archs) {
      const result = archAdd(BigInt(context), arch)
      if (result !== -EEXIST) check('seccomp_arch_add', result, String(arch))
    }
    const { rules, unknown } = addRules(BigInt(context), seccomp, failUnknown)
    if (unknown.length > 0) warn(`seccomp: unknown system calls ignored: ${unknown.join(', ')}`)
    asTree(BigInt(context), rules)
    const rest = exported(BigInt(context))
    const filter = wantsEnosys(seccomp)
      ? Buffer.concat([enosysPrologue(newest(seccomp, archs)), rest])
      : rest
    return { filter, archs: [...new Set(archs.map(auditArchOf))] }
  } finally {
    release(BigInt(context))
  }
}

/**
 * @param failUnknown whether a system call that libseccomp does not know is an error, or a warning
 * @returns `struct sock_filter`s
 * @throws Failure
 */
export const compileSeccomp = (seccomp: Seccomp, failUnknown: boolean): Buffer => {
  const { filter, archs } = compileInFull(seccomp, failUnknown)
  return shorten(filter, archs)
}
