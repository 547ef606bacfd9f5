/** Descriptors of other processes: pidfd_getfd(2), Linux 5.6. */
import { bindSyscall, fd } from './bind.ts'

const rawGetfd = bindSyscall<[pidfd: number, file: number, flags: number]>(
  'pidfd_getfd',
  ['int', 'int', 'uint'],
  { print: [fd] },
)

/** @returns a descriptor of ours for what `file` is in the process. Close-on-exec. */
export const pidfdGetfd = (pidfd: number, file: number): number => rawGetfd(pidfd, file, 0)
