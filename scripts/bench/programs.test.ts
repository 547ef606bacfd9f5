import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { programsFor, readTimed } from './programs.ts'

const qemu = '/usr/bin/qemu-aarch64-static'

/** How a program of this architecture runs here; undefined where it cannot. */
const runner = (arch: string): readonly string[] | undefined => {
  if (arch === process.arch) return []
  return arch === 'arm64' && existsSync(qemu) ? [qemu] : undefined
}

for (const arch of ['x64', 'arm64']) {
  const prefix = runner(arch)
  const skip = prefix ? false : `no ${arch} machine and no qemu-user-static`

  t.test(`programs for ${arch}`, { skip }, async (t) => {
    const directory = t.testdir({})
    const programs = programsFor(arch)
    const [yes, wait, timed] = (['true', 'wait', 'timed'] as const).map((name) => {
      writeFileSync(join(directory, name), programs[name], { mode: 0o755 })
      return join(directory, name)
    }) as [string, string, string]
    const run = (...command: readonly string[]) => {
      const [file = '', ...args] = [...(prefix ?? []), ...command]
      return spawnSync(file, args, { stdio: ['ignore', 'pipe', 'pipe', 'pipe'], timeout: 500 })
    }
    const time = (...command: readonly string[]) =>
      readTimed(Buffer.from(run(timed, ...command).output[3] ?? ''))

    t.equal(run(yes).status, 0, 'true exits with 0')
    t.equal(run(wait).signal, 'SIGTERM', 'wait waits until it is told to end')
    t.equal(time('/bin/sh', '-c', 'exit 7').exitStatus, 7)
    t.equal(time('/bin/sh', '-c', 'kill -9 $$').exitStatus, 137)
    t.equal(time('/nowhere').exitStatus, 127)
    t.equal(time('/bin/sh', '-c', 'test "$1" = "a b" && test -n "$PATH"', '', 'a b').exitStatus, 0)
    const slept = time('/bin/sleep', '0.2').ms
    t.ok(slept >= 200 && slept < 400, `sleep 0.2 takes ${slept} ms`)
    t.ok(time('/bin/sh', '-c', 'test ! -e /proc/self/fd/3').exitStatus === 0, 'fd 3 stays behind')
    // A quarter of what Node itself has; the point of the program.
    const { peakKiB } = time('/bin/sleep', '0')
    t.ok(peakKiB > 100 && peakKiB < 8192, `sleep takes ${peakKiB} KiB`)
  })
}
