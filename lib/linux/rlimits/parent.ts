/** What of the container's resource limits takes a process outside. Parent. prlimit(2) */
import { Failure } from '../../failure.ts'
import { hasCode } from '../../sys/error.ts'
import { getrlimit, setrlimit } from '../../sys/process.ts'
import { RLIMIT_NOFILE } from '../../sys/flags/process.ts'
import type { NofileLimit, RlimitPlan } from './plan.ts'
import { parentPid } from '../../sys/caller.ts'

/**
 * Raises hard limits from outside: in a user namespace nobody may. What has been raised is not yet in force,
 * for the soft limit stays.
 */
export const raiseHardLimits = (rlimits: readonly RlimitPlan[], pid: number): void => {
  for (const { type, resource, hard, pointer } of rlimits) {
    const now = getrlimit(resource, pid)
    if (BigInt(hard) <= now.hard) continue
    try {
      setrlimit(resource, now.soft, hard, pid)
    } catch (cause) {
      throw new Failure(`raise the hard limit of ${type} to ${hard}`, {
        cause,
        ...(pointer !== undefined && { pointer }),
        ...(hasCode(cause, 'EPERM') && {
          hint: `without CAP_SYS_RESOURCE on the host it may be ${now.hard} at most, tsrun's own`,
        }),
      })
    }
  }
}

/** The open-files limit of our caller: this process's own soft limit was raised by the engine. */
export const inheritedNofile = (): NofileLimit => {
  const own = getrlimit(RLIMIT_NOFILE)
  try {
    const caller = getrlimit(RLIMIT_NOFILE, parentPid())
    if (caller.hard === own.hard) return caller
  } catch {
    // Another user's process: what systemd and most shells begin with.
  }
  return { soft: own.hard < 1024n ? own.hard : 1024n, hard: own.hard }
}
