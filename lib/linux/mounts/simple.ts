/** The file systems that every container has, in three calls instead of eight and more. Inside. mount(2) */
import { close, fchdir } from '../../sys/file.ts'
import {
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NOEXEC,
  MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_STRICTATIME,
  MS_STRICTATIME,
} from '../../sys/flags/mount.ts'
import { mount } from '../../sys/mount.ts'
import type { MountPlan } from './plan.ts'

const TYPES = ['proc', 'tmpfs', 'devpts', 'mqueue']
/** The same bits in mount(2). Read-only would be another thing there: the file system itself, for all who mount it. */
const SAME = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC

/** Whether mount(2) means by it what its successors do, and the mount itself is not needed any more. */
export const isSimple = ({ type, parameters, change, propagation, label }: MountPlan): boolean =>
  TYPES.includes(type) &&
  (change.set & ~(SAME | MOUNT_ATTR_STRICTATIME)) === 0 &&
  propagation.length === 0 &&
  label === undefined &&
  !parameters.some(([, value]) => value?.includes(','))

/**
 * On the directory itself, which is the working directory for it: mount(2) takes no descriptor. Where it fails,
 * `newFilesystem` hears from the file system why.
 * @param target is closed
 */
export const mountSimply = (
  { type, source, parameters, change }: MountPlan,
  target: number,
): undefined => {
  const data = parameters.map(([key, value]) => (value === undefined ? key : `${key}=${value}`))
  const flags = (change.set & SAME) | (change.set & MOUNT_ATTR_STRICTATIME ? MS_STRICTATIME : 0)
  fchdir(target)
  mount(source, '.', type, flags, data.join(','))
  close(target)
}
