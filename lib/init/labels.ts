/** INSIDE. What the security modules are to make of the program: last, for it concerns the next execve(2). */
import { applyApparmor } from '../linux/apparmor/inside.ts'
import { applySelinux } from '../linux/selinux/inside.ts'

export interface Labels {
  readonly apparmor?: string
  readonly selinux?: string
}

/** An empty one is none. */
export const labelsOf = ({
  apparmorProfile,
  selinuxLabel,
}: {
  readonly apparmorProfile?: string
  readonly selinuxLabel?: string
}): Labels => ({
  ...(apparmorProfile && { apparmor: apparmorProfile }),
  ...(selinuxLabel && { selinux: selinuxLabel }),
})

/** @param proc of the host */
export const applyLabels = ({ apparmor, selinux }: Labels, proc: number): void => {
  if (apparmor !== undefined) applyApparmor(apparmor, proc)
  if (selinux !== undefined) applySelinux(selinux, proc)
}
