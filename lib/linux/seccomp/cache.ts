/**
 * Compiled filters, kept under `--root`: compiling docker's takes longer than everything else. Parent.
 *
 * The directory's name can be no container's. A file is named by a digest of everything that goes into the filter, of
 * the profile as the text that it was: so that where there is one the text was part of a good config. It and its
 * directory must be ours alone, or they are not used.
 */
import { Failure } from '../../failure.ts'
import type { Seccomp } from '../../spec/types.ts'
import { SyscallError } from '../../sys/error.ts'
import { S_IFDIR, S_IFMT } from '../../sys/flags/open.ts'
import { makeDirectories, stat } from '../../sys/host.ts'
import { libseccompVersion } from '../../sys/libseccomp.ts'
import { kernelRelease } from '../../sys/uname.ts'
import { sha256 } from './digest.ts'
import { readFilter, writeFilter, type Filter } from './kept.ts'

/** `@` occurs in no id. */
const DIRECTORY = '@seccomp'
/** Of what this code makes of a config. */
const FORMAT = 'tsrun 5'

/** What a filter is made of. */
export interface Ingredients {
  /** The profile's text. */
  readonly profile: string
  readonly failUnknown: boolean
  /** The directory of `--root`. */
  readonly root: string
}

/** Of a profile that is not known by its text; no text of a config's is the same. */
export const textOf = (profile: Seccomp): string => {
  try {
    return `parsed ${JSON.stringify(profile)}`
  } catch {
    // A number that only a bigint holds.
    const numbers = (_: string, v: unknown): unknown => (typeof v === 'bigint' ? `${v}n` : v)
    return `parsed ${JSON.stringify(profile, numbers)}`
  }
}

const nameFor = ({ profile, failUnknown }: Ingredients): string => {
  const parts = [
    FORMAT,
    process.arch,
    kernelRelease(),
    libseccompVersion(),
    String(failUnknown),
    profile,
  ]
  const text = parts.map((part) => `${part.length}:${part}`).join('')
  return sha256().update(text).digest('hex')
}

const isOurs = (directory: string): boolean => {
  const { uid, mode } = stat(directory)
  return uid === process.geteuid!() && (mode & 0o022) === 0 && (mode & S_IFMT) === S_IFDIR
}

/** Undefined where there is no libseccomp, too: the compiler says so, if it is asked. */
const lookUp = (of: Ingredients): Filter | undefined => {
  try {
    return readFilter(`${of.root}/${DIRECTORY}`, nameFor(of))
  } catch (error) {
    if (error instanceof Failure && error.code === 'NO_LIBSECCOMP') return undefined
    throw error
  }
}

let last: (Ingredients & { readonly filter: Filter }) | undefined

/** A filter that was made before. Asked for the same again, it does not look again. */
export const keptFilter = (of: Ingredients): Filter | undefined => {
  const isLast =
    last?.profile === of.profile && last.failUnknown === of.failUnknown && last.root === of.root
  if (isLast) return last?.filter
  const filter = lookUp(of)
  if (filter) last = { ...of, filter }
  return filter
}

/** Whether a container of `root` had this profile before, as a part of a good config. */
export const isKept = (profile: string, root: string): boolean =>
  keptFilter({ profile, failUnknown: false, root }) !== undefined

/** That it cannot be kept is no error: it is made anew next time. */
export const keepFilter = (filter: Filter, of: Ingredients): void => {
  const directory = `${of.root}/${DIRECTORY}`
  try {
    makeDirectories(directory, 0o700)
    if (isOurs(directory)) writeFilter(filter, directory, nameFor(of))
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error
  }
}
