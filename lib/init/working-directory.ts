/**
 * `process.cwd` as a descriptor. Inside, before pivot_root.
 *
 * It is resolved inside the root and never through /proc/PID/fd: `cwd=/proc/self/fd/7` once led out of
 * the container to whatever descriptor 7 was (CVE-2024-21626).
 */
import { step } from '../sync/stage.ts'
import { hasCode } from '../sys/error.ts'
import { close } from '../sys/file.ts'
import { O_DIRECTORY } from '../sys/flags/open.ts'
import { makeInRoot, openInRoot } from '../linux/mounts/target.ts'

const open = (root: number, path: string): number => {
  try {
    return openInRoot(root, path, O_DIRECTORY)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
    close(makeInRoot(root, path, 'directory'))
    return openInRoot(root, path, O_DIRECTORY)
  }
}

/**
 * Makes the directory where it is missing, as runc does.
 * @returns nothing where only the program's user may enter it: the stub then goes there as that user
 */
export const openWorkingDirectory = (path: string, root: number): number | undefined => {
  step(`open working directory ${path}`, '/process/cwd')
  try {
    return open(root, path)
  } catch (error) {
    if (hasCode(error, 'EACCES')) return undefined
    throw error
  }
}
