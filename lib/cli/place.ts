/** Where containers are kept, and with whose rights: by runc's rules, which its callers rely on. */
import type { Place } from '../container/request.ts'
import { join, resolve } from '../path.ts'
import { hasCode } from '../sys/error.ts'
import { fchmodat, mkdirat } from '../sys/file.ts'
import { AT_FDCWD } from '../sys/flags/open.ts'
import { readTextFile } from '../sys/text-file.ts'
import { usage } from './argv.ts'
import type { globalOptions } from './global.ts'
import type { Values } from './option.ts'
import { parseBoolean } from './value.ts'
import { variable } from '../sys/caller.ts'

/** The initial user namespace maps every id to itself. */
const inUserNamespace = (): boolean =>
  !/^\s*0\s+0\s+4294967295\s*$/.test(readTextFile('/proc/self/uid_map'))

/** Root of a user namespace is root in name only. */
const isRoot = (): boolean => process.geteuid?.() === 0

/**
 * A session's own directory, for those who may not write to /run.
 *
 * In a user namespace `USER=root` tells a container's root from a rootless user's `unshare`.
 */
const sessionDirectory = (): string | undefined => {
  const directory = variable('XDG_RUNTIME_DIR')
  if (!directory) return undefined
  const honoured = !isRoot() || (inUserNamespace() && variable('USER') !== 'root')
  return honoured ? directory : undefined
}

const defaultRoot = (): string => {
  const session = sessionDirectory()
  if (session === undefined) return '/run/tsrun'
  const root = join(session, 'tsrun')
  try {
    mkdirat(AT_FDCWD, root, 0o700)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  }
  // The XDG specification: without the sticky bit the directory may be tidied away.
  fchmodat(AT_FDCWD, root, 0o1700, 0)
  return root
}

const isRootless = (setting: string): boolean => {
  if (setting === '' || setting === 'auto') return !isRoot() || inUserNamespace()
  const value = parseBoolean(setting)
  if (value === undefined) {
    throw usage(`invalid value "${setting}" for flag -rootless: want true, false or auto`)
  }
  return value
}

export const readPlace = (values: Values<typeof globalOptions>): Place => ({
  root: values.root ? resolve(values.root) : defaultRoot(),
  systemdCgroup: values['systemd-cgroup'],
  rootless: isRootless(values.rootless),
})
