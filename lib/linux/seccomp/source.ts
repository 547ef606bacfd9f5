/** Where a filter comes from: an annotation, an earlier container, or the compiler. Parent. */
import { annotationOf, isSwitchedOn, parseFilter } from '../../spec/annotations.ts'
import { hasListener, profileTextOf } from '../../spec/profile.ts'
import type { Config, Seccomp } from '../../spec/types.ts'
import { textOf, type Ingredients, type KeptFilters } from './cache.ts'
import { compileSeccomp } from './compile.ts'
import { loadFlags } from './plan.ts'
import { checkFlags } from './supported.ts'

/** The flags of a filter that no config describes. */
const ANY: Seccomp = { defaultAction: 'SCMP_ACT_ALLOW' }

export interface Source {
  /** Of seccomp(2). */
  readonly flags: number
  readonly hasListener: boolean
  /** `struct sock_filter`s, which take a while. */
  readonly code: () => Buffer
}

const compiled = (seccomp: Seccomp, of: Ingredients, filters: KeptFilters): Buffer => {
  const kept = filters.find(of)
  if (kept) return kept.code
  const code = compileSeccomp(seccomp, of.failUnknown)
  filters.keep({ flags: loadFlags(seccomp), code }, of)
  return code
}

const described = (seccomp: Seccomp, code: () => Buffer): Source => {
  checkFlags(seccomp.flags)
  return { flags: loadFlags(seccomp), hasListener: hasListener(seccomp), code }
}

/**
 * As with runc, what allows everything is not loaded.
 * @throws Failure for flags that the kernel does not know
 */
export const sourceOf = (config: Config, filters: KeptFilters): Source | undefined => {
  const ready = annotationOf(config, 'run.oci.seccomp_bpf_data')
  if (ready !== undefined) {
    const code = parseFilter(ready)
    return code && described(config.linux?.seccomp ?? ANY, () => code)
  }
  const failUnknown = isSwitchedOn(config, 'run.oci.seccomp_fail_unknown_syscall')
  const text = profileTextOf(config)
  const kept = text === undefined ? undefined : filters.find({ profile: text, failUnknown })
  if (kept) return { flags: kept.flags, hasListener: false, code: () => kept.code }
  const seccomp = config.linux?.seccomp
  if (!seccomp || (seccomp.defaultAction === 'SCMP_ACT_ALLOW' && !seccomp.syscalls?.length)) {
    return undefined
  }
  const of = { profile: text ?? textOf(seccomp), failUnknown }
  return described(seccomp, () => compiled(seccomp, of, filters))
}
