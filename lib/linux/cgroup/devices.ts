/**
 * Device rules brought into the form in which both cgroup versions enforce them: a default and the
 * exceptions from it. Pure. Spec: config-linux.md, "Allowed Device list".
 *
 * Rules count in their order, each one overriding the ones before. What cannot be had in v1 (to take
 * one device back out of a range that stays allowed) is refused for v2 too, so that a config means the
 * same on every host.
 */
import type { DeviceRule } from '../../spec/types.ts'
import { Failure } from '../../failure.ts'

/** A set of devices and what may be done to it; -1 stands for every number. */
export interface DeviceException {
  readonly type: 'b' | 'c'
  readonly major: number
  readonly minor: number
  /** Letters out of `rwm`, in this order. */
  readonly access: string
}

export interface DevicePolicy {
  /** What happens with a device that no exception names. */
  readonly allow: boolean
  readonly exceptions: readonly DeviceException[]
}

const ALL = -1

/** What every container gets behind its own rules, as with runc: otherwise hardly a program runs. */
const ALWAYS: readonly DeviceRule[] = [
  { allow: true, type: 'c', access: 'm' },
  { allow: true, type: 'b', access: 'm' },
  { allow: true, type: 'c', major: 1, minor: 3, access: 'rwm' }, // null
  { allow: true, type: 'c', major: 1, minor: 5, access: 'rwm' }, // zero
  { allow: true, type: 'c', major: 1, minor: 7, access: 'rwm' }, // full
  { allow: true, type: 'c', major: 1, minor: 8, access: 'rwm' }, // random
  { allow: true, type: 'c', major: 1, minor: 9, access: 'rwm' }, // urandom
  { allow: true, type: 'c', major: 5, minor: 0, access: 'rwm' }, // tty
  { allow: true, type: 'c', major: 5, minor: 2, access: 'rwm' }, // ptmx
  { allow: true, type: 'c', major: 136, access: 'rwm' }, // pts
  { allow: true, type: 'c', major: 10, minor: 200, access: 'rwm' }, // net/tun
]

/**
 * @param rules `linux.resources.devices`; a container without any may use only what every one may
 * @throws Failure with the pointer of the rule that cannot be enforced
 */
export const planDevices = (rules: readonly DeviceRule[] = []): DevicePolicy => {
  let allow = false
  const exceptions = new Map<string, DeviceException>()
  const apply = (rule: DeviceRule, pointer: string): void => {
    const type = deviceType(rule.type, pointer)
    // The kernel takes "all devices" as a whole, whatever numbers and access come with it.
    if (type === 'a') {
      allow = rule.allow
      exceptions.clear()
      return
    }
    const major = deviceNumber(rule.major, pointer)
    const minor = deviceNumber(rule.minor, pointer)
    const access = accessLetters(rule.access, pointer)
    if (rule.allow === allow) remove({ type, major, minor, access }, exceptions, pointer)
    else add({ type, major, minor, access }, exceptions)
  }
  rules.forEach((rule, i) => apply(rule, `/linux/resources/devices/${i}`))
  for (const rule of ALWAYS) apply(rule, '')
  return { allow, exceptions: [...exceptions.values()] }
}

/** As devices.allow, devices.deny and devices.list spell it: `c 1:3 rwm`. */
export const printException = ({ type, major, minor, access }: DeviceException): string =>
  `${type} ${major === ALL ? '*' : major}:${minor === ALL ? '*' : minor} ${access}`

const deviceType = (type: string | undefined, pointer: string): 'a' | 'b' | 'c' => {
  if (type === undefined || type === '' || type === 'a') return 'a'
  if (type === 'b' || type === 'c') return type
  throw new Failure(`device rule with unknown type "${type}"`, {
    code: 'CONFIG_INVALID',
    pointer: `${pointer}/type`,
  })
}

const deviceNumber = (number: number | bigint | undefined, pointer: string): number => {
  const value = number === undefined ? ALL : Number(number)
  if (value >= ALL && value <= 0xffffffff) return value
  throw new Failure(`device rule with number ${number}`, { code: 'CONFIG_INVALID', pointer })
}

const accessLetters = (access: string | undefined, pointer: string): string => {
  if (access === undefined || access === '') return 'rwm'
  if (/^[rwm]+$/.test(access)) return union(access, '')
  throw new Failure(`device rule with unknown access "${access}"`, {
    code: 'CONFIG_INVALID',
    pointer: `${pointer}/access`,
  })
}

const union = (a: string, b: string): string =>
  [...'rwm'].filter((letter) => a.includes(letter) || b.includes(letter)).join('')

const without = (a: string, b: string): string =>
  [...a].filter((letter) => !b.includes(letter)).join('')

const keyOf = ({ type, major, minor }: DeviceException): string => `${type} ${major}:${minor}`

const add = (added: DeviceException, to: Map<string, DeviceException>): void => {
  const access = union(added.access, to.get(keyOf(added))?.access ?? '')
  to.set(keyOf(added), { ...added, access })
}

const remove = (
  removed: DeviceException,
  from: Map<string, DeviceException>,
  pointer: string,
): void => {
  for (const [key, known] of from) {
    const rest = without(known.access, removed.access)
    if (rest === known.access || !overlap(known, removed)) continue
    if (!covers(removed, known)) {
      // One of the rules every container gets stays allowed as it is in the wider rule.
      if (pointer === '') continue
      throw new Failure(
        `device rule for ${printException(removed)} cannot be taken out of the wider ${printException(known)}`,
        { code: 'CONFIG_INVALID', pointer, hint: 'list the devices one by one' },
      )
    }
    if (rest === '') from.delete(key)
    else from.set(key, { ...known, access: rest })
  }
}

const overlap = (a: DeviceException, b: DeviceException): boolean =>
  a.type === b.type && meets(a.major, b.major) && meets(a.minor, b.minor)

const meets = (a: number, b: number): boolean => a === b || a === ALL || b === ALL

const covers = (wide: DeviceException, narrow: DeviceException): boolean =>
  (wide.major === ALL || wide.major === narrow.major) &&
  (wide.minor === ALL || wide.minor === narrow.minor)
