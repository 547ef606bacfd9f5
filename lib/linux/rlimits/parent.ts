/** Sets the container's resource limits from outside. Parent. prlimit(2) */
import { doing } from '../../failure.ts'
import { readTextFile } from '../../sys/text-file.ts'
import { setrlimit } from '../../sys/process.ts'
import type { NofileLimit, RlimitPlan } from './plan.ts'

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

const LINE = /^Max open files\s+(\d+|unlimited)\s+(\d+|unlimited)/m
const INFINITY = 0xffffffffffffffffn

/** The open-files limit of our caller: this process's own soft limit was raised by the engine. */
export const inheritedNofile = (): NofileLimit => {
  const read = (pid: string): NofileLimit | undefined => {
    try {
      const match = LINE.exec(readTextFile(`/proc/${pid}/limits`))
      if (!match) return undefined
      const [soft, hard] = match.slice(1).map((n) => (n === 'unlimited' ? INFINITY : Number(n)))
      return { soft: soft!, hard: hard! }
    } catch {
      return undefined
    }
  }
  const own = read('self') ?? { soft: 1024, hard: 1024 }
  const caller = read(String(process.ppid))
  if (caller && caller.hard === own.hard) return caller
  return { soft: Number(own.hard) < 1024 ? own.hard : 1024, hard: own.hard }
}
