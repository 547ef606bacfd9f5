/** Changes the limits of a container that runs. Parent. */
import { join } from '../../../path.ts'
import { hasCode } from '../../../sys/error.ts'
import type { Resources } from '../../../spec/types.ts'
import { applyWrites } from './apply.ts'
import { readControl, tryReadControl, writeControl } from '../control-file.ts'
import { updateDevices } from '../devices/parent.ts'
import { planDevices, type DevicePolicy } from '../devices/plan.ts'
import { deviceProperties } from '../systemd/devices.ts'
import { unitLimits } from '../systemd/limits.ts'
import { changeUnit } from '../systemd/parent.ts'
import type { Property } from '../systemd/property.ts'
import { directoryFor, type SavedCgroup } from '../places.ts'
import { limitsFor, locate, type Write } from '../plan.ts'

export interface UpdatePlan {
  readonly mode: SavedCgroup['mode']
  readonly writes: readonly Write[]
  readonly devices?: { readonly directory: string; readonly policy: DevicePolicy }
  readonly notices: readonly string[]
  /** What systemd has to know of it. */
  readonly unit?: {
    readonly unit: string
    readonly user: boolean
    readonly properties: readonly Property[]
  }
}

/**
 * @param resources what is to change, and of a group like `memory` all of it that is known: v2's swap
 *   limit follows from the memory limit, and its CPU quota goes with the period
 * @throws Failure for what this host cannot have
 */
export const planUpdate = (resources: Resources, cgroup: SavedCgroup): UpdatePlan => {
  const { limits, notices } = limitsFor(resources, cgroup)
  const { mode, systemd } = cgroup
  const directory = systemd?.user ? undefined : directoryFor(cgroup, 'devices')
  const policy = resources.devices && planDevices(resources.devices)
  return {
    mode,
    writes: limits.map((limit) => locate(limit, cgroup)),
    notices,
    ...(policy && directory !== undefined ? { devices: { directory, policy } } : {}),
    ...(systemd && {
      unit: { ...systemd, properties: updatedProperties(resources, cgroup, policy) },
    }),
  }
}

const updatedProperties = (
  resources: Resources,
  { mode, systemd }: SavedCgroup,
  devices: DevicePolicy | undefined,
): readonly Property[] => {
  const { early, late } = unitLimits(resources, { mode })
  return [...early, ...late, ...(devices && !systemd?.user ? deviceProperties(devices) : [])]
}

/** @throws Failure, with everything as it was before */
export const applyUpdate = ({ mode, writes, devices, unit }: UpdatePlan): void => {
  const old = writes.flatMap(previous)
  try {
    applyWrites(writes)
    if (devices) updateDevices(mode, devices.directory, devices.policy)
    if (unit && unit.properties.length > 0) {
      changeUnit(unit, unit.properties)
      // systemd has just written the group anew, by its own, sometimes rounded, idea of it.
      applyWrites(writes)
    }
  } catch (error) {
    for (const write of old.toReversed()) restore(write)
    throw error
  }
}

/** The write that takes another one back, where the file tells how. */
const previous = (write: Write): readonly Write[] => {
  const file = [write.file, write.otherwise?.file ?? write.file].find(
    (name) => tryReadControl(join(write.directory, name)) !== '',
  )
  if (file === undefined) return []
  const text = readControl(join(write.directory, file))
  const [key] = write.value.split(' ')
  // Files with a line for each device are written with one such line.
  const value = text.includes('\n')
    ? text.split('\n').find((line) => line.startsWith(`${key} `))
    : text
  return value === undefined ? [] : [{ ...write, file, value }]
}

const restore = ({ directory, file, value }: Write): void => {
  try {
    writeControl(join(directory, file), value)
  } catch (error) {
    // What stands in the way is a limit that is not back yet or never changed; the user hears of the
    // failure that made us turn back.
    if (!hasCode(error, 'EINVAL', 'EBUSY', 'ERANGE', 'EACCES', 'EPERM')) throw error
  }
}
