/**
 * Device rules brought into the form in which both cgroup versions enforce them: a default and the
 * exceptions from it. Pure. Spec: config-linux.md, "Allowed Device list".
 *
 * Rules count in their order, each one overriding the ones before. What cannot be had in v1 (to take
 * one device back out of a range that stays allowed) is refused for v2 too, so that a config means the
 * same on every host.
 */
import type { DeviceRule } from '../../../spec/types.ts'
import { Failure } from '../../../failure.ts'

/** A set of devices and what may be done to it; -1 stands for every number. */
export interface DeviceException {
  readonly type: 'b' | 'c'
  readonly major: number
  readonly minor: number
  /** Bits of {@link ACCESS}. */
  readonly access: number
}

export interface DevicePolicy {
  /** What happens with a device that no exception names. */
  readonly allow: boolean
  readonly exceptions: readonly DeviceException[]
}

/** As the kernel counts them for its device programs, linux/bpf.h BPF_DEVCG_ACC. */
const ACCESS = { m: 1, r: 2, w: 4 } as const
export const ALL_ACCESS = 7

/** The letters by their bits, in the order in which the kernel prints them. */
const LETTERS = ['', 'm', 'r', 'rm', 'w', 'wm', 'rw', 'rwm'] as const

const ALL = -1

const character = (major: number, minor: number): DeviceException => ({
  type: 'c',
  major,
  minor,
  access: ALL_ACCESS,
})

/** What every container gets behind its own rules, as with runc: otherwise hardly a program runs. */
const ALWAYS: readonly DeviceException[] = [
  { type: 'c', major: ALL, minor: ALL, access: ACCESS.m },
  { type: 'b', major: ALL, minor: ALL, access: ACCESS.m },
  character(1, 3), // null
  character(1, 5), // zero
  character(1, 7), // full
  character(1, 8), // random
  character(1, 9), // urandom
  character(5, 0), // tty
  character(5, 2), // ptmx
  character(136, ALL), // pts
  character(10, 200), // net/tun, of use only with CAP_NET_ADMIN
]

/**
 * @param rules `linux.resources.devices`; a container without any may use only what every one may
 * @throws Failure with the pointer of the rule that cannot be enforced
 */
export const planDevices = (rules: readonly DeviceRule[] = []): DevicePolicy => {
  let allow = false
  const exceptions = new Map<string, DeviceException>()
  rules.forEach((rule, i) => {
    const pointer = `/linux/resources/devices/${i}`
    const type = deviceType(rule.type, pointer)
    // The kernel takes "all devices" as a whole, whatever numbers and access come with it.
    if (type === 'a') {
      allow = rule.allow
      exceptions.clear()
      return
    }
    const exception = {
      type,
      major: deviceNumber(rule.major, pointer),
      minor: deviceNumber(rule.minor, pointer),
      access: accessBits(rule.access, pointer),
    }
    if (rule.allow === allow) remove(exception, exceptions, pointer)
    else add(exception, exceptions)
  })
  for (const exception of ALWAYS) {
    if (allow) remove(exception, exceptions)
    else add(exception, exceptions)
  }
  return { allow, exceptions: [...exceptions.values()] }
}

/** As devices.allow, devices.deny and devices.list spell it: `c 1:3 rwm`. */
export const printException = ({ type, major, minor, access }: DeviceException): string =>
  `${type} ${major === ALL ? '*' : major}:${minor === ALL ? '*' : minor} ${LETTERS[access]}`

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

const accessBits = (access: string | undefined, pointer: string): number => {
  let bits = 0
  for (const letter of access || 'rwm') {
    const bit = ACCESS[letter as keyof typeof ACCESS]
    if (bit === undefined) {
      throw new Failure(`device rule with unknown access "${access}"`, {
        code: 'CONFIG_INVALID',
        pointer: `${pointer}/access`,
      })
    }
    bits |= bit
  }
  return bits
}

const add = (added: DeviceException, to: Map<string, DeviceException>): void => {
  const key = `${added.type} ${added.major}:${added.minor}`
  const known = to.get(key)
  to.set(key, known ? { ...added, access: added.access | known.access } : added)
}

/** @param pointer of the user's rule; none for one that every container gets */
const remove = (
  removed: DeviceException,
  from: Map<string, DeviceException>,
  pointer?: string,
): void => {
  for (const [key, known] of from) {
    const rest = known.access & ~removed.access
    if (rest === known.access || !overlap(known, removed)) continue
    if (covers(removed, known)) {
      if (rest === 0) from.delete(key)
      else from.set(key, { ...known, access: rest })
    } else if (pointer !== undefined) {
      const [narrow, wide] = [printException(removed), printException(known)]
      throw new Failure(`device rule for ${narrow} cannot be taken out of the wider ${wide}`, {
        code: 'CONFIG_INVALID',
        pointer,
        hint: 'list the devices one by one',
      })
    }
    // What a user forbids as a whole range stays forbidden, even to what every container gets.
  }
}

const overlap = (a: DeviceException, b: DeviceException): boolean =>
  a.type === b.type && meets(a.major, b.major) && meets(a.minor, b.minor)

const meets = (a: number, b: number): boolean => a === b || a === ALL || b === ALL

const covers = (wide: DeviceException, narrow: DeviceException): boolean =>
  (wide.major === ALL || wide.major === narrow.major) &&
  (wide.minor === ALL || wide.minor === narrow.minor)
