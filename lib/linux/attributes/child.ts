/**
 * Writes a process' own security attributes. Inside. proc_pid_attr(5)
 *
 * The kernel takes such a write only from the process itself. In the container's own /proc the file could be
 * anything (CVE-2019-16884, CVE-2019-19921, CVE-2025-52881), so it is opened below a procfs that no container
 * had a hand in.
 */
import { step } from '../../sync/stage.ts'
import { together } from '../../sys/elsewhere.ts'
import { close, openat, write } from '../../sys/file.ts'
import { O_WRONLY } from '../../sys/flags/open.ts'
import type { Attribute } from './plan.ts'

/** @param proc descriptor of that procfs' root directory */
export const writeAttribute = ({ file, value, doing, pointer }: Attribute, proc: number): void =>
  together(() => {
    step(doing, pointer)
    const attribute = openat(proc, `self/attr/${file}`, O_WRONLY)
    // The kernel takes a value in one write, or fails.
    const bytes = Buffer.from(value)
    write(attribute, bytes, bytes.length)
    close(attribute)
  })
