/** INSIDE. SELinux' labels of the program, of its keys and of a mount. */
import { step } from '../../sync/stage.ts'
import { close, fsetxattr, openat } from '../../sys/file.ts'
import { O_DIRECTORY, O_RDONLY } from '../../sys/flags/open.ts'
import { writeAttribute } from '../attributes/inside.ts'

const POINTER = '/process/selinuxLabel'

/** In force from the next execve(2) on. */
export const applySelinux = (label: string, proc: number): void => {
  step(`apply SELinux label ${label}`, POINTER)
  writeAttribute(proc, 'exec', label)
}

/** The root directory of a mount, which stands for all that will be made in it. */
export const labelRoot = (mount: number, label: string): void => {
  const root = openat(mount, '.', O_RDONLY | O_DIRECTORY)
  const bytes = Buffer.from(label)
  fsetxattr(root, 'security.selinux', bytes, bytes.length, 0)
  close(root)
}

/** The keys that `make` makes get the label, or the program may not use its own keyring. */
export const labelKeys = (label: string | undefined, proc: number, make: () => void): void => {
  if (label === undefined) return make()
  step(`label keys ${label}`, POINTER)
  writeAttribute(proc, 'keycreate', label)
  make()
  step('label keys no more', POINTER)
  writeAttribute(proc, 'keycreate', '')
}
