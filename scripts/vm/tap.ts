/** The little of a test harness that the guest needs, where there is no Node: prints TAP, synchronously. */
import { isDeepStrictEqual } from 'node:util'

export interface Checks {
  readonly equal: (found: unknown, wanted: unknown, what: string) => void
  readonly match: (found: string, wanted: RegExp, what: string) => void
  readonly ok: (found: unknown, what: string) => void
}

let count = 0
let failed = 0

const report = (ok: boolean, name: string, notes: readonly string[]): void => {
  count++
  if (!ok) failed++
  console.log(`${ok ? 'ok' : 'not ok'} ${count} - ${name}`)
  for (const note of notes) console.log(note.replace(/^/gm, '  # '))
}

/** One line of TAP a test; below it what was not as it should be. */
export const test = (name: string, body: (t: Checks) => void): void => {
  const notes: string[] = []
  const note = (what: string, found: unknown, wanted: unknown): void => {
    const [a, b] = [found, wanted].map((value) =>
      value instanceof RegExp ? String(value) : JSON.stringify(value),
    )
    notes.push(`${what}\nfound:  ${a}\nwanted: ${b}`)
  }
  try {
    body({
      equal: (found, wanted, what) => {
        if (!isDeepStrictEqual(found, wanted)) note(what, found, wanted)
      },
      match: (found, wanted, what) => {
        if (!wanted.test(found)) note(what, found, wanted)
      },
      ok: (found, what) => {
        if (!found) note(what, found, true)
      },
    })
  } catch (error) {
    notes.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
  report(notes.length === 0, name, notes)
}

export const skip = (name: string, reason: string): void => {
  count++
  console.log(`ok ${count} - ${name} # SKIP ${reason}`)
}

/** @returns the exit status */
export const done = (): number => {
  console.log(`1..${count}`)
  return failed === 0 ? 0 : 1
}
