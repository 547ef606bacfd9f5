/** PARENT. The labels that a process gets from the kernel's security modules. */
import { checkApparmor, hasOwnFiles } from '../linux/apparmor/parent.ts'
import { apparmorAttributes } from '../linux/apparmor/plan.ts'
import type { Attribute } from '../linux/attributes/plan.ts'
import { checkSelinux } from '../linux/selinux/parent.ts'
import { selinuxAttributes } from '../linux/selinux/plan.ts'
import type { Process } from '../spec/types.ts'

/** @throws Failure for a label that would not be applied */
export const labelsOf = ({ apparmorProfile, selinuxLabel }: Process): readonly Attribute[] => {
  checkApparmor(apparmorProfile)
  checkSelinux(selinuxLabel)
  return [...apparmorAttributes(apparmorProfile, hasOwnFiles()), ...selinuxAttributes(selinuxLabel)]
}
