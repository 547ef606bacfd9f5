/** Kernel parameters of the container's namespaces, through procfs. Inside. Spec: config-linux.md "Sysctl" */
import { sysctlPath } from '../../spec/rules/sysctl.ts'
import { step } from '../../sync/stage.ts'
import { close, writeText } from '../../sys/file.ts'
import { openat2 } from '../../sys/openat2.ts'
import {
  O_WRONLY,
  RESOLVE_BENEATH,
  RESOLVE_NO_SYMLINKS,
  RESOLVE_NO_XDEV,
} from '../../sys/flags/open.ts'

/** @param proc a directory descriptor of a procfs that the container had no hand in (CVE-2025-52881) */
export const writeSysctls = (sysctls: Readonly<Record<string, string>>, proc: number): void => {
  for (const [name, value] of Object.entries(sysctls)) {
    step(
      `set sysctl ${name} to ${JSON.stringify(value)}`,
      `/linux/sysctl/${name.replaceAll('/', '~1')}`,
    )
    const path = `sys/${sysctlPath(name)}`
    const file = openat2(
      proc,
      path,
      O_WRONLY,
      RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
    )
    writeText(file, value)
    close(file)
  }
}
