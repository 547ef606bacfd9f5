/** SELinux' labels of the container's program, its keys and its mounts. Pure. */
import type { ContextType } from '../../spec/annotations.ts'
import type { StubCall } from '../../stub/table.ts'
import { attributeCalls, type Attribute, type AttributePlace } from '../attributes/plan.ts'
import type { MountPlan } from '../mounts/plan.ts'

const POINTER = '/process/selinuxLabel'

const calls = (
  label: string | undefined,
  attribute: Omit<Attribute, 'pointer'>,
  place: AttributePlace,
): readonly StubCall[] =>
  label === undefined || label === ''
    ? []
    : attributeCalls({ ...attribute, pointer: POINTER }, place)

/** In force from the stub's next execve(2) on, which is the program's. */
export const selinuxCalls = (
  label: string | undefined,
  place: AttributePlace,
): readonly StubCall[] =>
  calls(label, { file: 'exec', value: label ?? '', doing: `apply SELinux label ${label}` }, place)

/** Around the calls that make keys: these get the label, or the program may not use its own keyring. */
export const labelKeys = (
  make: readonly StubCall[],
  label: string | undefined,
  place: AttributePlace,
): readonly StubCall[] => {
  const set = (value: string, doing: string): readonly StubCall[] =>
    calls(label, { file: 'keycreate', value, doing }, place)
  return [...set(label ?? '', `label keys ${label}`), ...make, ...set('', 'label keys no more')]
}

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
