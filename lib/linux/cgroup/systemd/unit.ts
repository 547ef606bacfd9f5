/**
 * Which unit of systemd a container is, and where its cgroup lies. Pure. systemd.slice(5).
 *
 *     cgroupsPath                      unit                          cgroup
 *     none                             tsrun-<id>.scope              /system.slice/tsrun-<id>.scope
 *     machine.slice:libpod:abc         libpod-abc.scope              /machine.slice/libpod-abc.scope
 *     a-b.slice::abc                   abc.scope                     /a.slice/a-b.slice/abc.scope
 *     a.slice:x:a-pod.slice            a-pod.slice                   /a.slice/a-pod.slice
 */
import { invalid } from '../limits/limit.ts'

export interface Unit {
  /** `libpod-abc.scope` */
  readonly name: string
  /** The slice that it is in, `machine.slice`; `-.slice` is the topmost. */
  readonly slice: string
  /** Below the cgroup of the systemd that it belongs to. */
  readonly path: string
}

const POINTER = '/linux/cgroupsPath'

/** systemd.unit(5), "Description": what a unit's name may consist of, and how long it may be. */
const NAME = /^[\w:.\\@-]{1,255}$/

/**
 * @param user whether it is a user's own systemd
 * @throws Failure for what is not a `slice:prefix:name` that systemd would take
 */
export const planUnit = (cgroupsPath: string, id: string, user: boolean): Unit => {
  const parts = cgroupsPath === '' ? ['', 'tsrun', id] : cgroupsPath.split(':')
  if (parts.length !== 3) {
    throw invalid(
      `cgroup path "${cgroupsPath}" is not of the form slice:prefix:name`,
      POINTER,
      'systemd makes the cgroup and names it; without --systemd-cgroup this would be a path',
    )
  }
  const [slice, prefix, base] = parts as [string, string, string]
  const parent = slice || (user ? 'user.slice' : 'system.slice')
  const name = base.endsWith('.slice')
    ? base
    : `${prefix === '' ? base : `${prefix}-${base}`}.scope`
  if (base === '' || !NAME.test(name)) {
    throw invalid(`"${name}" is not the name of a systemd unit`, POINTER)
  }
  return { name, slice: parent, path: pathOf(name, parent) }
}

/** A slice's name tells where it lies, whatever slice was asked for. */
const pathOf = (name: string, slice: string): string =>
  name.endsWith('.slice') ? expandSlice(name) : `${expandSlice(slice)}/${name}`.replace('//', '/')

/** `a-b.slice` → `/a.slice/a-b.slice` @throws Failure for what is not a slice's name */
export const expandSlice = (slice: string): string => {
  if (slice === '-.slice') return '/'
  const parts = slice.replace(/\.slice$/, '').split('-')
  if (!slice.endsWith('.slice') || !NAME.test(slice) || parts.includes('')) {
    throw invalid(
      `"${slice}" is not the name of a systemd slice`,
      POINTER,
      'names look like machine.slice, or machine-web.slice for a slice in that one',
    )
  }
  return parts.map((_, i) => `/${parts.slice(0, i + 1).join('-')}.slice`).join('')
}
