/** What the running kernel would have to be for what was asked: the hint of an error. Parent. */
import { kernelRelease } from '../../sys/uname.ts'

export interface KernelNeeds {
  /** First version that has it: `5.12`. */
  readonly since?: string
  /** `CONFIG_…` */
  readonly option?: string
  /** On its command line. */
  readonly boot?: string
}

/** `needs Linux 5.14 with CONFIG_NUMA; this is Linux 4.18.0` */
export const needsKernel = (
  { since, option, boot }: KernelNeeds,
  running: string = kernelRelease(),
): string => {
  const version = since === undefined ? 'a kernel' : `Linux ${since} or newer`
  const parts = [
    ...(option === undefined ? [] : [`with ${option}`]),
    ...(boot === undefined ? [] : [`${option === undefined ? '' : 'and '}booted with ${boot}`]),
  ]
  return `needs ${[version, ...parts].join(' ')}; this is Linux ${running}`
}
