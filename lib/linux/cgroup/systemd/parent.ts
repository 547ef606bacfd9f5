/**
 * A container's unit, from before its first process to after its last. Parent.
 *
 *     openUnit      a scope with an anchor in it: the container is born in its cgroup
 *     joinUnit      a process that the kernel does not let be born there
 *     settleUnit    the container waits in there: limits, and the anchor goes
 *     changeUnit    other limits
 *     closeUnit     gone, and forgotten
 */
import { join } from '../../../path.ts'
import { Failure, describe, doing } from '../../../failure.ts'
import { warn } from '../../../log.ts'
import { hasCode } from '../../../sys/error.ts'
import { readOwnCgroups } from '../layout.ts'
import type { Place } from '../places.ts'
import { dropAnchor, weighAnchor } from './anchor.ts'
import {
  attachProcesses,
  hangUp,
  managerCgroup,
  UNIT_EXISTS,
  resetFailed,
  setProperties,
  startUnit,
  stopUnit,
} from './manager.ts'
import type { SystemdFacts, UnitPlan } from './plan.ts'
import type { Property } from './property.ts'

type UnitId = Pick<UnitPlan, 'unit' | 'user'>

/** @param user whether to ask the user's own systemd @throws Failure where there is none */
export const readSystemd = (user: boolean): SystemdFacts => ({
  user,
  cgroup: managerCgroup({ user }),
})

/** @throws Failure, with nothing left behind */
export const openUnit = (plan: UnitPlan, places: readonly Place[]): void => {
  const { unit, isScope, properties } = plan
  try {
    if (!isScope) return startUnit(plan, unit, properties)
    const pid = dropAnchor(unit)
    const joined: Property = { name: 'PIDs', signature: 'au', value: [pid] }
    startUnit(plan, unit, [...properties, joined])
    checkPlace(plan, pid, places)
  } catch (cause) {
    weighAnchor(unit)
    throw new Failure(`make systemd unit ${unit}`, {
      cause,
      code: 'SYSTEMD_UNIT',
      pointer: pointerFor(cause, plan),
      ...(hasCode(cause, UNIT_EXISTS) && {
        hint: `"systemctl status ${unit}" tells whose it is; choose another id or linux.cgroupsPath`,
      }),
    })
  }
}

/** systemd names the property that it did not take. */
const pointerFor = (cause: unknown, { annotations }: UnitPlan): string => {
  const found = annotations.find(({ name }) => describe(cause).includes(` ${name}`))
  return found?.pointer ?? '/linux/cgroupsPath'
}

/** Everything else is written to where we believe the cgroup to be. */
const checkPlace = ({ path }: UnitPlan, pid: number, places: readonly Place[]): void => {
  const own = readOwnCgroups(pid)
  const controllers = places.some(({ controllers: [first] }) => first === 'name=systemd')
    ? 'name=systemd'
    : ''
  const actual = own[controllers]
  if (actual === undefined || join('/', actual) === join('/', path)) return
  throw new Failure(`systemd put it into cgroup ${actual} instead of ${path}`)
}

/** After something went wrong that the user has to hear of first. */
export const abandonUnit = (plan: UnitPlan): void => {
  weighAnchor(plan.unit)
  try {
    stopUnit(plan, plan.unit)
    resetFailed(plan, plan.unit)
  } catch {
    // The anchor's end is the unit's, too.
  }
}

/** @param below its cgroup in the unit's, absolute, or nothing */
export const joinUnit = (id: UnitId, pid: number, below = ''): void => {
  doing(
    `have process ${pid} moved into systemd unit ${id.unit}`,
    () => attachProcesses(id, id.unit, below, [pid]),
    { code: 'SYSTEMD_UNIT', pointer: '/linux/cgroupsPath' },
  )
  hangUp()
}

export const settleUnit = (plan: UnitPlan): void => {
  weighAnchor(plan.unit)
  changeUnit(plan, plan.late)
}

export const changeUnit = (id: UnitId, properties: readonly Property[]): void => {
  doing(`set properties of systemd unit ${id.unit}`, () => setProperties(id, id.unit, properties), {
    code: 'SYSTEMD_UNIT',
    pointer: '/linux/resources',
  })
  hangUp()
}

/** Without a systemd to ask the cgroup itself can still be removed. */
export const closeUnit = (id: UnitId): void => {
  weighAnchor(id.unit)
  try {
    if (stopUnit(id, id.unit)) resetFailed(id, id.unit)
  } catch (error) {
    warn(`stop systemd unit ${id.unit}: ${describe(error)}`)
  }
  hangUp()
}
