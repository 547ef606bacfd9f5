/** `npm run test:vm`: the tests that need systemd and cgroup v2, in a virtual machine; all of them, or the parts of `vm/suite.ts` named. */
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freshProgram } from './fresh.ts'
import { compileForMachine, runInMachine, whyNoMachine } from './machine.ts'

/** Without hardware virtualization a container takes a second. */
const TIMEOUT = 1200

const run = (): number => {
  const program = freshProgram()
  const share = mkdtempSync(join(tmpdir(), 'tsrun-vm-'))
  try {
    chmodSync(share, 0o755)
    for (const name of ['tsrun', 'koffi.node']) {
      copyFileSync(join(program, '..', name), join(share, name))
    }
    compileForMachine(join(import.meta.dirname, 'vm/suite.ts'), join(share, 'suite'))
    return runInMachine(share, TIMEOUT, ['./suite', ...process.argv.slice(2)].join(' '))
  } finally {
    rmSync(share, { recursive: true, force: true })
  }
}

const reason = whyNoMachine()
if (reason === undefined) process.exitCode = run()
else console.log(`TAP version 14\n1..0 # SKIP ${reason}`)
