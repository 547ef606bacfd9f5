/**
 * A device policy as properties of a unit. Pure. systemd.resource-control(5), DeviceAllow=.
 *
 * A second filter beside tsrun's own: in cgroup v1 systemd would undo our lists at each reload if it did
 * not know them.
 */
import { printException, type DeviceException, type DevicePolicy } from '../devices/plan.ts'
import type { Property } from './property.ts'

/**
 * systemd knows exceptions from a ban only, and no device of whatever major number: where it cannot say
 * what is allowed, ours is the one filter.
 */
export const deviceProperties = ({ allow, exceptions }: DevicePolicy): readonly Property[] => {
  const isOpen = allow || exceptions.some(({ major, minor }) => major < 0 && minor >= 0)
  return [
    { name: 'DevicePolicy', signature: 's', value: isOpen ? 'auto' : 'strict' },
    // An empty list first, to forget the ones before.
    { name: 'DeviceAllow', signature: 'a(ss)', value: [] },
    ...(isOpen ? [] : [{ name: 'DeviceAllow', signature: 'a(ss)', value: exceptions.map(entry) }]),
  ]
}

/** `c 1:3 rwm` → `/dev/char/1:3`, `rwm`; a whole major is `char-1`, and all of a kind `char-*`. */
const entry = (exception: DeviceException): readonly [string, string] => {
  const { type, major, minor } = exception
  const kind = type === 'c' ? 'char' : 'block'
  const access = printException(exception).split(' ')[2]!
  if (minor >= 0) return [`/dev/${kind}/${major}:${minor}`, access]
  return [`${kind}-${major < 0 ? '*' : major}`, access]
}
