/** A new instance of a file system: fsopen(2), fsconfig(2), fsmount(2). Inside. */
import { Failure } from '../../failure.ts'
import { together } from '../../sys/elsewhere.ts'
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

export interface Filesystem {
  readonly type: string
  readonly source: string
  readonly parameters: Parameters
  /** `MOUNT_ATTR_*` */
  readonly attributes: number
}

const configure = (context: number, { source, parameters, attributes }: Filesystem): number => {
  if (source !== '') fsconfigString(context, 'source', source)
  for (const [key, value] of parameters) {
    if (value === undefined) fsconfigFlag(context, key)
    else fsconfigString(context, key, value)
  }
  fsconfigCreate(context)
  return fsmount(context, attributes)
}

const make = (filesystem: Filesystem): number => {
  const context = fsopen(filesystem.type)
  const mount = configure(context, filesystem)
  close(context)
  return mount
}

/** Call by call, to hear what the file system says about the one that fails. */
const makeAgain = (filesystem: Filesystem): number => {
  const context = fsopen(filesystem.type)
  try {
    return configure(context, filesystem)
  } catch (error) {
    throw explain(context, error)
  } finally {
    close(context)
  }
}

/**
 * @param attach what to do with the mount in the same message
 * @returns a descriptor of the mount, attached to nothing yet
 */
export const newFilesystem = (
  filesystem: Filesystem,
  attach: (mount: number) => void = () => {},
): number => {
  try {
    return together(() => {
      const mount = make(filesystem)
      attach(mount)
      return mount
    })
  } catch {
    const mount = makeAgain(filesystem)
    attach(mount)
    return mount
  }
}
