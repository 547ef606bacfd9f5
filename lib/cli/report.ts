/**
 * The one place that prints an error:
 *
 *     tsrun: create web: mount tmpfs on /run: mount(2) EPERM: operation not permitted
 *       config.json:41  /mounts/3
 *       hint: …
 */
import { chain, describe, Failure } from '../failure.ts'
import { controllerHint } from '../linux/kernel/controllers.ts'
import { filterHint } from '../linux/kernel/filtered.ts'
import { kernelHint } from '../linux/kernel/missing.ts'
import { errnoName } from '../sys/errno.ts'
import { readTextFile } from '../sys/text-file.ts'
import { kernelRelease } from '../sys/uname.ts'
import type { Fields, Log } from './log.ts'
import { write } from './output.ts'

/**
 * docker and podman look for these words, anywhere in the message, and report that the user's command
 * was not found (127) or may not be executed (126). They may say so of nothing else, and the kernel's
 * words for ENOENT on some cgroup file are the same.
 */
const claims: readonly (readonly [RegExp, string])[] = [
  [/no such file or directory/gi, 'file not found'],
  [/permission denied/gi, 'access refused'],
  [/not a directory/gi, 'a file where a directory should be'],
  [/is a directory/gi, 'a directory where a file should be'],
  [/executable file not found/gi, 'program not found'],
]

/** A command that is not there, or cannot be executed: `exec` says so with the status of all its failures, 255. */
const commandCodes: readonly unknown[] = ['PROGRAM_NOT_FOUND', 'PROGRAM_NOT_EXECUTABLE']

/** The directory it is to start in is the user's, too: podman's status for one that is not there is 127. */
const WORKING_DIRECTORY = '/process/cwd'

/** @param status 126 and 127 are the shells' for those two */
const concernsCommand = (
  status: number | undefined,
  code: unknown,
  pointer: string | undefined,
): boolean =>
  status === 126 || status === 127 || commandCodes.includes(code) || pointer === WORKING_DIRECTORY

export interface Place {
  /** The command's name; absent when the command line did not get that far. */
  readonly stage: string | undefined
  /** What the error's pointer points into, where that is known. */
  readonly bundle: string | undefined
}

export interface Report {
  readonly message: string
  readonly location: string | undefined
  readonly hint: string | undefined
  readonly exitStatus: number | undefined
  readonly fields: Fields
}

type Locate = (bundle: string, pointer: string) => { readonly line: number } | undefined

/** The innermost answer: the place nearest to the trouble knows best. */
const last = <T>(errors: readonly Error[], read: (error: Error) => T | undefined): T | undefined =>
  errors.map(read).findLast((value) => value !== undefined)

const failure =
  <K extends keyof Failure>(key: K) =>
  (error: Error): Failure[K] | undefined =>
    error instanceof Failure ? error[key] : undefined

const property =
  (key: string, type: 'string' | 'number') =>
  (error: Error): string | number | undefined => {
    const value: unknown = Reflect.get(error, key)
    if (error instanceof Failure || typeof value !== type) return undefined
    return value as string | number
  }

const reportOf = (error: unknown, place: Place, locate: Locate): Report => {
  const errors = chain(error)
  const exitStatus = last(errors, failure('exitStatus'))
  const pointer = last(errors, failure('pointer'))
  const code = last(errors, failure('code'))
  const hint = last(errors, failure('hint'))
  const errno = last(errors, property('errno', 'number'))
  let message = describe(error).trimEnd()
  if (!concernsCommand(exitStatus, code, pointer)) {
    for (const [words, instead] of claims) message = message.replace(words, instead)
  }
  const line =
    pointer === undefined || place.bundle === undefined ? undefined : locate(place.bundle, pointer)
  return {
    message,
    location: line === undefined ? pointer : `config.json:${line.line}  ${pointer}`,
    hint,
    exitStatus,
    fields: {
      code: code ?? last(errors, property('code', 'string')),
      stage: place.stage,
      pointer,
      syscall: last(errors, property('syscall', 'string')),
      errno: typeof errno === 'number' ? Math.abs(errno) : undefined, // Node's are negative
      hint,
    },
  }
}

const hintOfKernel = ({ message, fields: { syscall, errno } }: Report): string | undefined => {
  const name = typeof syscall === 'string' ? syscall : undefined
  const code = typeof errno === 'number' ? errnoName(errno) : undefined
  try {
    const running = kernelRelease()
    const refusal = { message, syscall: name, code }
    return (
      filterHint(refusal, running, readTextFile('/proc/self/status')) ??
      kernelHint(refusal, running) ??
      controllerHint(message, readTextFile('/proc/cgroups'), running)
    )
  } catch {
    // No /proc: whatever went wrong has to be told all the same.
    return undefined
  }
}

export const makeReport = (error: unknown, place: Place, locate: Locate): Report => {
  const report = reportOf(error, place, locate)
  const hint = report.hint ?? hintOfKernel(report)
  return { ...report, hint, fields: { ...report.fields, hint } }
}

export const printReport = (report: Report, log: Log): void => {
  const lines = [`tsrun: ${report.message}`]
  if (report.location !== undefined) lines.push(`  ${report.location}`)
  if (report.hint !== undefined) lines.push(`  hint: ${report.hint}`)
  write(2, `${lines.join('\n')}\n`)
  log.fail(report.message, report.fields)
}
