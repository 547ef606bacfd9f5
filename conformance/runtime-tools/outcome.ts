/** What a validation program says with its TAP, its status and, when it says nothing, its YAML. Pure. */

export interface Outcome {
  readonly verdict: 'pass' | 'fail' | 'skip'
  readonly passed: number
  readonly skipped: number
  /** What the failed assertions say. */
  readonly failed: readonly string[]
  /** Its status, or why it has none. */
  readonly ended: number | 'killed after its time'
}

const results = /^(not ok|ok)\b\s*\d*\s*(.*)$/gm

/** Some programs assert nothing where all is well, and only print what went wrong as a block of YAML. */
const reportsError = (tap: string): boolean => /"error": "[^"]/.test(tap)

export const readOutcome = (tap: string, ended: Outcome['ended']): Outcome => {
  const all = [...tap.matchAll(results)].map(([, word, text = '']) => ({
    ok: word === 'ok',
    skipped: /^(- )?#\s*SKIP/i.test(text),
    text: text.replace(/^- /, ''),
  }))
  const failed = all.filter(({ ok }) => !ok).map(({ text }) => text)
  const skipped = all.filter((result) => result.ok && result.skipped).length
  const passed = all.length - failed.length - skipped
  const broken = ended !== 0 || (all.length === 0 && reportsError(tap))
  const verdict =
    failed.length > 0 || broken ? 'fail' : passed === 0 && skipped > 0 ? 'skip' : 'pass'
  return { verdict, passed, skipped, failed, ended }
}
