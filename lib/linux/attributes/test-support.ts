/** Runs calls in a real stub: descriptor 3 is where it reports, 4 the host's procfs, 5 is free. */
import { spawnSync } from 'node:child_process'
import { chmodSync, closeSync, openSync, writeFileSync } from 'node:fs'
import { stubImage } from '../../stub/image.ts'
import { parseRecords, type StubCall, type StubRecord } from '../../stub/table.ts'

export const place = { proc: 4, free: 5 }

export interface Outcome {
  readonly status: number | null
  readonly records: readonly StubRecord[]
  readonly stdout: string
}

/** @param program what the stub becomes after its calls */
export const runStub = (
  directory: string,
  calls: readonly StubCall[],
  ...program: readonly string[]
): Outcome => {
  const file = `${directory}/stub`
  const exec: StubCall = {
    call: 'execve',
    args: [{ text: program[0] ?? '' }, { texts: program }, { texts: ['PATH=/usr/bin:/bin'] }],
    doing: 'exec',
  }
  writeFileSync(file, stubImage([...calls, exec], 3))
  chmodSync(file, 0o755)
  const proc = openSync('/proc', 'r')
  // Node's pipes are socket pairs.
  const { status, output } = spawnSync(file, { stdio: ['ignore', 'pipe', 'inherit', 'pipe', proc] })
  closeSync(proc)
  return {
    status,
    records: parseRecords(Buffer.from(output[3] ?? '')),
    stdout: String(output[1]),
  }
}
