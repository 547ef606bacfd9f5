/** A new instance of a file system: fsopen(2), fsconfig(2), fsmount(2). Child. */
import { Failure } from '../../failure.ts'
import { SyscallError } from '../../sys/error.ts'
import { close, read } from '../../sys/file.ts'
import { fsconfigCreate, fsconfigFlag, fsconfigString, fsmount, fsopen } from '../../sys/mount.ts'

/** What the file system itself says about a failure: lines like `e tmpfs: Bad value for 'size'`. */
const messagesOf = (context: number): string => {
  const lines: string[] = []
  const buffer = Buffer.alloc(1024)
  try {
    for (;;) {
      const size = read(context, buffer, buffer.length)
      lines.push(buffer.toString('utf8', 2, size).trim())
    }
  } catch {
    // ENODATA: no more messages.
  }
  return lines.join('; ')
}

const explain = (context: number, error: unknown): unknown => {
  const messages = error instanceof SyscallError ? messagesOf(context) : ''
  return messages ? new Failure(messages, { cause: error }) : error
}

export type Parameters = readonly (readonly [key: string, value?: string])[]

/**
 * @param attributes `MOUNT_ATTR_*`
 * @returns a descriptor of the mount, attached to nothing yet
 */
export const newFilesystem = (
  type: string,
  source: string,
  parameters: Parameters,
  attributes: number,
): number => {
  const context = fsopen(type)
  try {
    if (source !== '') fsconfigString(context, 'source', source)
    for (const [key, value] of parameters) {
      if (value === undefined) fsconfigFlag(context, key)
      else fsconfigString(context, key, value)
    }
    fsconfigCreate(context)
    return fsmount(context, attributes)
  } catch (error) {
    throw explain(context, error)
  } finally {
    close(context)
  }
}
