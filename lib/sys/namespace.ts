/** What namespace a file stands for. ioctl_ns(2) */
import { bind, fd } from './bind.ts'

const ioctl = bind<[fd: number, request: number, argument: number]>('int ioctl(int, ulong, long)', {
  print: [fd, (request: number) => `0x${request.toString(16)}`],
})

/** Since Linux 4.11. */
const NS_GET_NSTYPE = 0xb703

/**
 * The CLONE_NEW… flag of its type.
 *
 * @throws SyscallError ENOTTY for what is no namespace
 */
export const namespaceFlag = (file: number): number => ioctl(file, NS_GET_NSTYPE, 0)
