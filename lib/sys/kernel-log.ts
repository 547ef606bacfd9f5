/** The kernel's messages. syslog(2), which libc calls klogctl. */
import { bind } from './bind.ts'
import { hasCode } from './error.ts'

const SYSLOG_ACTION_READ_ALL = 3
const SYSLOG_ACTION_SIZE_BUFFER = 10

const klogctl = bind<[type: number, buffer: Uint8Array | null, size: number]>(
  'int klogctl(int, void *, int)',
)

/** Of a larger log the newest messages are read. */
const MOST = 2 ** 20

/**
 * The log as it is, each line with its level and time; nothing is taken from it.
 * @returns undefined where we may not read it: without CAP_SYSLOG, or where the kernel keeps none
 */
export const readKernelLog = (): Buffer | undefined => {
  try {
    const size = Math.min(klogctl(SYSLOG_ACTION_SIZE_BUFFER, null, 0), MOST)
    const log = Buffer.alloc(size)
    return log.subarray(0, klogctl(SYSLOG_ACTION_READ_ALL, log, size))
  } catch (error) {
    if (hasCode(error, 'EPERM', 'ENOSYS', 'EINVAL')) return undefined
    throw error
  }
}
