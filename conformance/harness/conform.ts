/** A test with a box of its own, which fails as well when the runtime leaves anything behind. */
import { test, type Test } from 'tap'
import { basename } from 'node:path'
import { Box, runtime } from './box.ts'
import { hasBusybox } from './rootfs.ts'

export interface Needs {
  /** Why this machine cannot run the test, if it cannot. */
  readonly skip?: string | false | undefined
  /** What an oracle does otherwise, by its name, and why it may: the test is skipped for that one. */
  readonly differs?: Readonly<Record<string, string>>
}

const difference = (differs: Needs['differs']): string | undefined => {
  const name = basename(runtime)
  return differs && Object.hasOwn(differs, name) ? `${name}: ${differs[name]}` : undefined
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
  const skip = missing() ?? (needs.skip || difference(needs.differs))
  void test(name, skip === undefined ? {} : { skip }, async (t) => {
    const box = new Box()
    try {
      await body(t, box)
    } finally {
      t.strictSame(box.end(), [], 'nothing left behind')
    }
  })
}
