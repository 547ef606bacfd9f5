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

/** Bytes: what is more than a page, mount(2) cuts off. */
const MOST = 4095

/** Whether mount(2) means by it what its successors do, and the mount itself is not needed any more. */
const isSimple = ({ type, source, parameters, change, propagation, label }: MountPlan): boolean =>
  TYPES.includes(type) &&
  source !== '' &&
  (change.set & ~(SAME | MOUNT_ATTR_STRICTATIME)) === 0 &&
  propagation.length === 0 &&
  label === undefined &&
  !parameters.some(([key, value]) => key.includes(',') || value?.includes(','))

/** @returns its parameters as mount(2) has them; nothing where its successors have to do it */
export const simpleData = (plan: MountPlan): string | undefined => {
  if (!isSimple(plan)) return undefined
  const data = plan.parameters
    .map(([key, value]) => (value === undefined ? key : `${key}=${value}`))
    .join(',')
  return Buffer.byteLength(data) <= MOST ? data : undefined
}

/**
 * On the directory itself, which is the working directory for it: mount(2) takes no descriptor. Where it fails,
 * `newFilesystem` hears from the file system why.
 * @param data {@link simpleData}
 * @param target is closed
 */
export const mountSimply = (
  { type, source, change }: MountPlan,
  data: string,
  target: number,
): undefined => {
  const flags = (change.set & SAME) | (change.set & MOUNT_ATTR_STRICTATIME ? MS_STRICTATIME : 0)
  fchdir(target)
  mount(source, '.', type, flags, data)
  close(target)
}
