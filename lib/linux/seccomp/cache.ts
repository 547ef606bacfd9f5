/**
 * Compiled filters, kept under `--root`: compiling docker's takes longer than everything else. Parent.
 *
 * The directory's name can be no container's. A file is named by a digest of everything that goes into the filter, of
 * the profile as the text that it was: so that where there is one the text was part of a good config. It must be ours
 * alone, or it is not used; and none is put into a directory that others may write to.
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
/** Of what this code makes of a profile, and asks of one: with another number all are read anew. */
const FORMAT = 'tsrun 5'

/** What a filter is made of. */
export interface Ingredients {
  /** The profile's text. */
  readonly profile: string
  readonly failUnknown: boolean
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

/** The filters that are kept for the containers of one `--root`. */
export class KeptFilters {
  readonly #directory: string
  /** What was asked for last, by the plan after the config. */
  #last: (Ingredients & { readonly filter: Filter }) | undefined

  /** @param root the directory of `--root` */
  constructor(root: string) {
    this.#directory = `${root}/${DIRECTORY}`
  }

  /** Undefined where there is no libseccomp, too: the compiler says so, if it is asked. */
  find(of: Ingredients): Filter | undefined {
    const last = this.#last
    if (last?.profile === of.profile && last.failUnknown === of.failUnknown) return last.filter
    try {
      const filter = readFilter(this.#directory, nameFor(of))
      if (filter) this.#last = { ...of, filter }
      return filter
    } catch (error) {
      if (error instanceof Failure && error.code === 'NO_LIBSECCOMP') return undefined
      throw error
    }
  }

  /** Whether a container had this profile before, as a part of a good config. */
  has(profile: string): boolean {
    return this.find({ profile, failUnknown: false }) !== undefined
  }

  /** That it cannot be kept is no error: it is made anew next time. */
  keep(filter: Filter, of: Ingredients): void {
    try {
      makeDirectories(this.#directory, 0o700)
      if (isOurs(this.#directory)) writeFilter(filter, this.#directory, nameFor(of))
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error
    }
  }
}
