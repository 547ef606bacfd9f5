/** A test with a box of its own, which fails as well when the runtime leaves anything behind. */
import { test, type Test } from 'tap'
import { spawnSync } from 'node:child_process'
import { basename } from 'node:path'
import { Box, runtime } from './box.ts'
import { faults } from './faults.ts'
import { hasBusybox } from './rootfs.ts'

export interface Needs {
  /** Why this machine cannot run the test, if it cannot. */
  readonly skip?: string | false | undefined
  /**
   * What an oracle does otherwise, by its name, and why it may: the test is skipped for that one. What begins with a
   * version, `1.1 has none`, is said of that one alone.
   */
  readonly differs?: Readonly<Record<string, string>>
}

/** Whatever the file is called: it may be a script around it, or one of several versions. */
const readIdentity = (): { readonly oracle: string; readonly version: string } => {
  const { stdout = '' } = spawnSync(runtime, ['--version'], { encoding: 'utf8' })
  const [, oracle = basename(runtime), version = ''] = /^(\S+) version (\S+)/.exec(stdout) ?? []
  return { oracle, version }
}

let known: ReturnType<typeof readIdentity> | undefined
const identity = () => (known ??= readIdentity())

const isOf = (version: string, reason: string): boolean => {
  const only = /^\d+\.\d+(?= )/.exec(reason)?.[0]
  return only === undefined || version.startsWith(`${only}.`)
}

const difference = (name: string, differs: Needs['differs']): string | undefined => {
  const { oracle, version } = identity()
  const file = basename(process.argv[1] ?? '')
  const found = faults[oracle]?.[file]?.filter(([pattern]) => pattern.test(name)) ?? []
  const reasons = [differs?.[oracle], ...found.map(([, does]) => does)]
  const reason = reasons.find((text) => text !== undefined && isOf(version, text))
  return reason && `${oracle}: ${reason}`
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
