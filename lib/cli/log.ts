/**
 * `--log FILE --log-format json|text` and `--debug`.
 *
 * Who reads the JSON file decides what may stand in it: podman parses the whole file as one object,
 * containerd takes the last one whose level is error. So a failure appends exactly one object; warnings
 * given on the way travel inside it. When the command succeeds its warnings, if there are any, become
 * objects of their own (the specification wants them logged), and nothing is written otherwise. With
 * `--debug` lines are written as they come. As with runc, warnings go to stderr only where there is no
 * log file: the stderr of `create` is the container's.
 */
import { Failure, doing } from '../failure.ts'
import { type Level, logTo } from '../log.ts'
import { resolve } from '../path.ts'
import { hasCode } from '../sys/error.ts'
import { O_APPEND, O_NONBLOCK } from '../sys/flags/open.ts'
import { writeTextFile } from '../sys/text-file.ts'
import { write } from './output.ts'

/** What a record says besides its level and message; absent ones are left out. */
export type Fields = Readonly<Record<string, string | number | readonly string[] | undefined>>

export interface Log {
  fail(message: string, fields: Fields): void
  succeed(): void
}

interface LogOptions {
  /** Empty: no file. */
  readonly file: string
  readonly format: string
  readonly debug: boolean
}

type Format = (level: string, message: string, fields: Fields) => string

/** RFC 3339 to the second, as logrus writes it. */
const now = (): string => `${new Date().toISOString().slice(0, 19)}Z`

const json: Format = (level, msg, fields) =>
  `${JSON.stringify({ level, msg, time: now(), ...fields })}\n`

const quote = (value: Fields[string]): string =>
  typeof value === 'string' && /^[\w./@^+-]+$/.test(value) ? value : JSON.stringify(value)

const text: Format = (level, message, fields) => {
  const rest = Object.entries(fields).filter(([, value]) => value !== undefined)
  const extra = rest.map(([name, value]) => ` ${name}=${quote(value)}`).join('')
  return `time=${JSON.stringify(now())} level=${level} msg=${JSON.stringify(message)}${extra}\n`
}

const formats: Readonly<Record<string, Format>> = { json, text }

/** open(2): a record is on the disk when the next one follows; alike on x86-64 and arm64. */
const O_SYNC = 0o4010000

/**
 * Opened for each record and not kept: a descriptor that stays open is one that `--preserve-fds` could
 * hand to the container. Opened once at the start too, because a log that cannot be written is an error: a FIFO
 * that nobody reads is one, too, and is not waited for.
 */
const appendTo = (name: string): ((line: string) => void) => {
  const file = resolve(name)
  const append = (line: string): void =>
    writeTextFile(file, line, O_APPEND | O_SYNC | O_NONBLOCK, 0o644)
  doing(`open log file "${file}"`, () => append(''))
  return (line) => {
    try {
      append(line)
    } catch (error) {
      // Whoever has read the FIFO may have taken the end of the first opening for the end of all.
      if (!hasCode(error, 'ENXIO')) throw error
    }
  }
}

const toStderr = (level: Level, message: string): void => write(2, `tsrun: ${level}: ${message}\n`)

/** Errors go to stderr in any case, by `report.ts`; this log takes what the file has to hold. */
export const openLog = ({ file, format, debug }: LogOptions): Log => {
  const render = Object.hasOwn(formats, format) ? formats[format] : undefined
  if (!render) {
    throw new Failure(`invalid log format "${format}"`, { hint: 'there are "text" and "json"' })
  }
  if (file === '') {
    logTo(toStderr, { debug })
    return { fail: () => {}, succeed: () => {} }
  }
  const append = appendTo(file)
  const held: string[] = []
  const atOnce = debug || render === text
  logTo(
    (level, message) =>
      atOnce
        ? append(render(level, message, {}))
        : void (level === 'warning' && held.push(message)),
    { debug },
  )
  return {
    fail: (message, fields) =>
      append(render('error', message, held.length > 0 ? { ...fields, warnings: held } : fields)),
    succeed: () => {
      for (const message of held) append(render('warning', message, {}))
    },
  }
}
