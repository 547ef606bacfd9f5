/**
 * Reads and writes the files through which cgroups are controlled. Parent. cgroups(7).
 *
 * They are never created and never truncated: a missing file is a missing controller and has to be
 * told from one that we may not write.
 */
import { close, openat, write } from '../../sys/file.ts'
import { AT_FDCWD, O_WRONLY } from '../../sys/flags/open.ts'
import { makeDirectory, removeDirectory } from '../../sys/host.ts'
import { readTextFile } from '../../sys/text-file.ts'

/** One write(2) for the whole value: the kernel takes each write as a command of its own. */
export const writeControl = (path: string, ...values: readonly string[]): void => {
  const file = openat(AT_FDCWD, path, O_WRONLY)
  try {
    for (const value of values) write(file, value, Buffer.byteLength(value))
  } finally {
    close(file)
  }
}

/** The text without its final newline. */
export const readControl = (path: string): string => readTextFile(path).trimEnd()

/** Empty where there is no such file, or none that can be read. */
export const tryReadControl = (path: string): string => {
  try {
    return readControl(path)
  } catch {
    return ''
  }
}

export const makeCgroup = (path: string): void => makeDirectory(path, 0o755)

export const removeCgroup = removeDirectory
