/** A test with a box of its own, which fails as well when the runtime leaves anything behind. */
import { test, type Test } from 'tap'
import { basename } from 'node:path'
import { Box, runtime } from './box.ts'
import { faults } from './faults.ts'
import { hasBusybox } from './rootfs.ts'

export interface Needs {
  /** Why this machine cannot run the test, if it cannot. */
  readonly skip?: string | false | undefined
  /** What an oracle does otherwise, by its name, and why it may: the test is skipped for that one. */
  readonly differs?: Readonly<Record<string, string>>
}

const difference = (name: string, differs: Needs['differs']): string | undefined => {
  const oracle = basename(runtime)
  if (differs && Object.hasOwn(differs, oracle)) return `${oracle}: ${differs[oracle]}`
  const file = basename(process.argv[1] ?? '')
  const fault = faults[oracle]?.[file]?.find(([pattern]) => pattern.test(name))
  return fault && `${oracle}: ${fault[1]}`
}

const missing = (): string | undefined => {
  if (process.getuid?.() !== 0) return 'needs root'
  if (!hasBusybox()) return 'needs a static /bin/busybox (Debian: busybox-static)'
  return undefined
}

export const conform = (
  name: string,
  body: (t: Test, box: Box) => void | Promise<void>,
  needs: Needs = {},
): void => {
  const skip = missing() ?? (needs.skip || difference(name, needs.differs))
  void test(name, skip === undefined ? {} : { skip }, async (t) => {
    const box = new Box()
    try {
      await body(t, box)
    } finally {
      t.strictSame(box.end(), [], 'nothing left behind')
    }
  })
}
