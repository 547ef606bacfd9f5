/** INSIDE. SELinux' labels of the program and of its keys. */
import { step } from '../../sync/stage.ts'
import { writeAttribute } from '../attributes/inside.ts'

const POINTER = '/process/selinuxLabel'

/** In force from the next execve(2) on. */
export const applySelinux = (label: string, proc: number): void => {
  step(`apply SELinux label ${label}`, POINTER)
  writeAttribute(proc, 'exec', label)
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
