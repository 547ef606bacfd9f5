/**
 * Writes to a process' own security attributes: calls for the stub. Pure. proc_pid_attr(5)
 *
 * The kernel takes such a write only from the process itself, and only through a file that it opened since
 * its last execve. So the stub opens it, below a descriptor of a procfs that no container had a hand in: in
 * the container's own /proc the file could be anything (CVE-2019-16884, CVE-2019-19921, CVE-2025-52881).
 */
import type { StubCall } from '../../stub/table.ts'
import { O_CLOEXEC, O_WRONLY } from '../../sys/flags/open.ts'

export interface AttributePlace {
  /** Descriptor of that procfs' root directory, in the stub. */
  readonly proc: number
  /** The number that the stub's next openat(2) returns: the lowest that is free. */
  readonly free: number
}

export interface Attribute {
  /** Below /proc/self/attr: `exec`, `apparmor/exec`, `keycreate`. */
  readonly file: string
  /** Empty: back to the default. */
  readonly value: string
  readonly doing: string
  readonly pointer: string
}

export const attributeCalls = (
  { file, value, doing, pointer }: Attribute,
  { proc, free }: AttributePlace,
): readonly StubCall[] => {
  const path = `self/attr/${file}`
  const bytes = Buffer.from(value)
  return [
    {
      call: 'openat',
      args: [proc, { text: path }, O_WRONLY | O_CLOEXEC, 0],
      doing: `${doing}: open /proc/${path}`,
      pointer,
    },
    // The kernel takes a value in one write, or fails.
    { call: 'write', args: [free, { bytes }, bytes.length], doing, pointer },
    { call: 'close', args: [free], doing: `${doing}: close it` },
  ]
}
