/**
 * INSIDE. Writes to a process' own security attributes. proc_pid_attr(5)
 *
 * The kernel takes such a write only from the process itself, and only through a file that it opened since
 * its last execve. It is opened below a descriptor of a procfs that no container had a hand in: in the
 * container's own /proc the file could be anything (CVE-2019-16884, CVE-2019-19921, CVE-2025-52881).
 */
import { close, openat, writeText } from '../../sys/file.ts'
import { O_WRONLY } from '../../sys/flags/open.ts'

/**
 * @param proc descriptor of that procfs' root directory
 * @param file below /proc/self/attr: `exec`, `apparmor/exec`, `keycreate`
 */
export const writeAttribute = (proc: number, file: string, value: string): void => {
  const attribute = openat(proc, `self/attr/${file}`, O_WRONLY)
  try {
    writeText(attribute, value)
  } finally {
    close(attribute)
  }
}
