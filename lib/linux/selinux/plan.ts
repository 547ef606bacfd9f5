/** SELinux' label of a container's mounts. Pure. mount(8) */
import type { ContextType } from '../../spec/annotations.ts'
import type { MountPlan } from '../mounts/plan.ts'

/** These get theirs when they are mounted: they know no such option. */
const labelledLater: ReadonlySet<string> = new Set(['mqueue'])

/** The kernel labels these itself. */
const ownLabels: ReadonlySet<string> = new Set(['proc', 'sysfs', 'securityfs', 'selinuxfs'])

/** New file systems of the container get its label; what is bound keeps the host's. */
export const labelMounts = (
  mounts: readonly MountPlan[],
  label: string | undefined,
  type: ContextType = 'context',
): readonly MountPlan[] => {
  if (label === undefined || label === '') return mounts
  return mounts.map((mount) => {
    if (mount.action !== 'new' || ownLabels.has(mount.type)) return mount
    return labelledLater.has(mount.type)
      ? { ...mount, label }
      : { ...mount, parameters: [...mount.parameters, [type, label]] }
  })
}
