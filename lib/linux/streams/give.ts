/** Makes standard streams the program's user's, as far as who does it may. chown(2) */
import { step } from '../../sync/stage.ts'
import { hasCode } from '../../sys/error.ts'
import { fchownat } from '../../sys/file.ts'
import { AT_EMPTY_PATH } from '../../sys/flags/open.ts'

/** As a group: none. The file may have one that matters to others. */
const KEEP_GROUP = 0xffffffff

/**
 * Not mapped here, not ours to give, on a file system that is read-only or has no owners: it works as it is, as long as
 * it is open.
 */
const harmless = ['EINVAL', 'EPERM', 'EACCES', 'EROFS', 'EOPNOTSUPP'] as const

export const giveStreams = (streams: readonly number[], uid: number): void => {
  for (const stream of streams) {
    step('give the standard streams to the user of the program', '/process/user')
    try {
      fchownat(stream, '', uid, KEEP_GROUP, AT_EMPTY_PATH)
    } catch (error) {
      if (!hasCode(error, ...harmless)) throw error
    }
  }
}
