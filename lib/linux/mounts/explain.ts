/** Why the kernel refuses a file system in a user namespace, and what can be done. Inside. */
import { Failure, chain } from '../../failure.ts'
import { hasCode } from '../../sys/error.ts'
import type { MountPlan } from './plan.ts'

const own = (type: string): string => `add {"type": "${type}"} to linux.namespaces`

const sysBind =
  '{"destination": "/sys", "type": "none", "source": "/sys", "options": ["rbind", "nosuid", "noexec", "nodev", "ro"]}'

/** By type of file system: why, and the remedy. */
const reasons: Readonly<Record<string, readonly [why: string, remedy: string]>> = {
  sysfs: [
    "its network namespace is not of the container's user namespace",
    `${own('network')}, or bind the host's: ${sysBind}`,
  ],
  proc: [
    "its pid namespace is not of the container's user namespace, or the /proc that tsrun sees has parts masked",
    `${own('pid')}; within another container that one has to be started with an unmasked /proc, or bind its: {"destination": "/proc", "type": "none", "source": "/proc", "options": ["rbind"]}`,
  ],
  mqueue: ["its ipc namespace is not of the container's user namespace", own('ipc')],
}

const other: readonly [string, string] = [
  'a user namespace may not mount this type of file system',
  'mount it on the host as root, and bind it',
]

/** @returns the error to throw for `error` */
export const explainMount = ({ action, type }: MountPlan, error: unknown): unknown => {
  if (action !== 'new' || !chain(error).some((each) => hasCode(each, 'EPERM'))) return error
  const [why, hint] = reasons[type] ?? other
  return new Failure(why, { cause: error, code: 'MOUNT_NOT_PERMITTED', hint })
}
