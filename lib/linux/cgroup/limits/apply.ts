/** Puts limits in force. Parent. */
import { join } from '../../../path.ts'
import { Failure } from '../../../failure.ts'
import { hasCode } from '../../../sys/error.ts'
import { exists } from '../../../sys/host.ts'
import { readControl, writeControl } from '../control-file.ts'
import { applyDevices } from '../devices/parent.ts'
import { explainRefusal } from './explain.ts'
import type { CgroupPlan, Write } from '../plan.ts'
import { settleUnit } from '../systemd/parent.ts'

/**
 * To be called once the process that waits in the cgroup is as small as it will get: limits on memory
 * count what is used already.
 * @throws Failure that names the limit, the file and the kernel's answer
 */
export const applyLimits = (
  plan: Pick<CgroupPlan, 'mode' | 'late' | 'devices' | 'devicesPath' | 'systemd'>,
): void => {
  // systemd first: it writes its own, sometimes rounded, idea of a limit.
  if (plan.systemd) settleUnit(plan.systemd)
  applyWrites(plan.late)
  if (plan.devicesPath !== undefined) applyDevices(plan.mode, plan.devicesPath, plan.devices)
}

/** In their order, but for pairs that the kernel wants in the other order, depending on their old values. */
export const applyWrites = (writes: readonly Write[]): void => {
  let refused: Write[] = []
  for (const write of writes) {
    try {
      applyWrite(write)
    } catch (cause) {
      if (write.again && hasCode(cause, 'EINVAL', 'EBUSY')) {
        refused = [write, ...refused]
        continue
      }
      throw explainRefusal(write, cause)
    }
    for (const earlier of refused) applyAgain(earlier)
    refused = []
  }
  for (const earlier of refused) applyAgain(earlier)
}

const applyAgain = (write: Write): void => {
  try {
    applyWrite(write)
  } catch (cause) {
    throw explainRefusal(write, cause)
  }
}

const applyWrite = (write: Write): void => {
  const { directory, file, value, otherwise } = write
  refuseBelowUsage(write)
  try {
    writeControl(join(directory, file), value)
  } catch (error) {
    // BFQ is there, and this device has another scheduler.
    const isForeign = otherwise && hasCode(error, 'EOPNOTSUPP')
    if (isForeign && exists(join(directory, otherwise.file))) {
      return writeControl(join(directory, otherwise.file), otherwise.value)
    }
    if (!hasCode(error, 'ENOENT') || !exists(directory)) throw error
    if (otherwise) writeControl(join(directory, otherwise.file), otherwise.value)
    else if (!write.optional) throw error
  }
}

const refuseBelowUsage = ({ directory, what, value, usage, pointer }: Write): void => {
  if (usage === undefined) return
  const used = readControl(join(directory, usage))
  if (BigInt(used) < BigInt(value)) return
  throw new Failure(`${what} ${value} is below the ${used} in use`, {
    code: 'LIMIT_BELOW_USAGE',
    pointer,
  })
}
