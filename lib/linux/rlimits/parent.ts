/** Sets the container's resource limits from outside. Parent. prlimit(2) */
import { doing } from '../../failure.ts'
import { getrlimit, setrlimit } from '../../sys/process.ts'
import { RLIMIT_NOFILE, type NofileLimit, type RlimitPlan } from './plan.ts'

/** Only a privileged process outside the user namespace may raise hard limits, so this one does it. */
export const applyRlimits = (rlimits: readonly RlimitPlan[], pid: number): void => {
  for (const { type, resource, soft, hard, pointer } of rlimits) {
    doing(
      `set ${type} to ${soft}:${hard}`,
      () => setrlimit(resource, soft, hard, pid),
      pointer === undefined ? {} : { pointer },
    )
  }
}

/** The open-files limit of our caller: this process's own soft limit was raised by the engine. */
export const inheritedNofile = (): NofileLimit => {
  const own = getrlimit(RLIMIT_NOFILE)
  try {
    const caller = getrlimit(RLIMIT_NOFILE, process.ppid)
    if (caller.hard === own.hard) return caller
  } catch {
    // Another user's process: what systemd and most shells begin with.
  }
  return { soft: own.hard < 1024n ? own.hard : 1024n, hard: own.hard }
}
