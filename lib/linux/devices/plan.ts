/** Device files of the container. Pure. Spec: config-linux.md, "Devices" and "Default Devices". */
import { normalize } from '../../path.ts'
import type { Device } from '../../spec/types.ts'
import { S_IFBLK, S_IFCHR, S_IFIFO } from '../../sys/flags/open.ts'
import type { MountPlan } from '../mounts/plan.ts'

export interface DevicePlan {
  readonly path: string
  /** S_IFCHR, S_IFBLK or S_IFIFO. */
  readonly type: number
  readonly major: number
  readonly minor: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Into config.json; the default devices have none. */
  readonly pointer?: string
}

const types = { c: S_IFCHR, u: S_IFCHR, b: S_IFBLK, p: S_IFIFO } as const

/** name, major, minor */
const defaults = [
  ['null', 1, 3],
  ['zero', 1, 5],
  ['full', 1, 7],
  ['random', 1, 8],
  ['urandom', 1, 9],
  ['tty', 5, 0],
] as const

const defaultDevices = (): readonly DevicePlan[] =>
  defaults.map(([name, major, minor]) => ({
    path: `/dev/${name}`,
    type: S_IFCHR,
    major,
    minor,
    mode: 0o666,
    uid: 0,
    gid: 0,
  }))

const planDevice = (device: Device, index: number): DevicePlan => ({
  path: normalize(device.path),
  type: types[device.type],
  major: Number(device.major ?? 0),
  minor: Number(device.minor ?? 0),
  mode: device.fileMode ?? 0o666,
  uid: device.uid ?? 0,
  gid: device.gid ?? 0,
  pointer: `/linux/devices/${index}`,
})

/** The configured devices and, unless they are among them, the default ones. */
export const planDevices = (devices: readonly Device[]): readonly DevicePlan[] => {
  const planned = devices.map(planDevice)
  const paths = new Set(planned.map(({ path }) => path))
  return [...planned, ...defaultDevices().filter(({ path }) => !paths.has(path))]
}

/** A /dev that is bound from elsewhere is its owner's: nothing is made in it. */
export const ownsDev = (mounts: readonly MountPlan[]): boolean =>
  !mounts.some(({ destination, action }) => destination === '/dev' && action === 'bind')
