/** HOME for a program whose config gives none: what the container's /etc/passwd says. Inside. passwd(5) */
import {
  O_NONBLOCK,
  O_RDONLY,
  RESOLVE_IN_ROOT,
  RESOLVE_NO_MAGICLINKS,
  S_IFMT,
  S_IFREG,
} from '../../sys/flags/open.ts'
import { together } from '../../sys/elsewhere.ts'
import { askFileSystemType, askStat, close, read, type Stat } from '../../sys/file.ts'
import { openat2IfExists } from '../../sys/openat2.ts'

/** An image's passwd has a few kilobytes; more than this is not read, whatever the image wants. */
const LIMIT = 1 << 20

const PROC_SUPER_MAGIC = 0x9fa0

/**
 * As a link to /proc it would be anything that the container may not read: /proc/kmsg gives what it has said once
 * and to nobody else again.
 */
const isOrdinary = (file: number): boolean => {
  let readStat: (() => Stat) | undefined
  let readType: (() => number) | undefined
  together(() => {
    readStat = askStat(file, '')
    readType = askFileSystemType(file)
  })
  return (readStat!().mode & S_IFMT) === S_IFREG && readType!() !== PROC_SUPER_MAGIC
}

const CHUNK = 4096

/** Two pieces at a time: the second finds the end of what most images have. */
const readAll = (file: number): string => {
  const chunks: Buffer[] = []
  for (let total = 0; total < LIMIT;) {
    const pair = [Buffer.alloc(CHUNK), Buffer.alloc(CHUNK)]
    const sizes = together(() => pair.map((chunk) => read(file, chunk, CHUNK)))
    pair.forEach((chunk, i) => chunks.push(chunk.subarray(0, sizes[i])))
    if (sizes[1] === 0) break
    total += 2 * CHUNK
  }
  return Buffer.concat(chunks).toString()
}

const homeIn = (passwd: string, uid: number): string | undefined => {
  for (const line of passwd.split('\n')) {
    const fields = line.split(':')
    if (fields[2] === String(uid)) return fields[5]
  }
  return undefined
}

/**
 * @param root descriptor of the root file system
 * @returns `/` for a user that the file does not know
 */
export const homeOf = (uid: number, root: number): string => {
  try {
    const file = openat2IfExists(
      root,
      '/etc/passwd',
      O_RDONLY | O_NONBLOCK,
      RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
    )
    if (file === undefined) return '/'
    try {
      if (!isOrdinary(file)) return '/'
      return homeIn(readAll(file), uid) || '/'
    } finally {
      close(file)
    }
  } catch {
    return '/'
  }
}
