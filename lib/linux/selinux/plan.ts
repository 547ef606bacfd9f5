/** SELinux' labels of the container's program, its keys and its mounts. Pure. */
import type { ContextType } from '../../spec/annotations.ts'
import type { Attribute } from '../attributes/plan.ts'
import type { MountPlan } from '../mounts/plan.ts'

const pointer = '/process/selinuxLabel'

/** In force from the next execve(2) on, which is the program's. */
export const selinuxAttributes = (label: string | undefined): readonly Attribute[] =>
  label === undefined || label === ''
    ? []
    : [{ file: 'exec', value: label, doing: `apply SELinux label ${label}`, pointer }]

/** The label of keys that are made from now on; without one, the default. */
export const keyLabel = (label = ''): Attribute => ({
  file: 'keycreate',
  value: label,
  doing: label === '' ? 'label keys no more' : `label keys ${label}`,
  pointer,
})

/** The kernel labels these itself. */
const ownLabels: ReadonlySet<string> = new Set([
  'proc',
  'sysfs',
  'mqueue',
  'securityfs',
  'selinuxfs',
])

/** New file systems of the container get its label; what is bound keeps the host's. */
export const labelMounts = (
  mounts: readonly MountPlan[],
  label: string | undefined,
  type: ContextType = 'context',
): readonly MountPlan[] => {
  if (label === undefined || label === '') return mounts
  return mounts.map((mount) =>
    mount.action === 'new' && !ownLabels.has(mount.type)
      ? { ...mount, parameters: [...mount.parameters, [type, label]] }
      : mount,
  )
}
