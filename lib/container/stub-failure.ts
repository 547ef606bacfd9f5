/** What the stub reports, as a failure that a person can read. */
import { Failure } from '../failure.ts'
import { died } from '../stub/patience.ts'
import type { StubCall } from '../stub/table.ts'
import { receiveReport } from '../sync/channel.ts'
import { step } from '../sync/stage.ts'
import { SyscallError } from '../sys/error.ts'
import type { DescribedCall } from './state/state.ts'

/** A failed call, by its record. */
export const stubFailure = (
  { index, errno }: { readonly index: number; readonly errno: number },
  calls: readonly (DescribedCall & Pick<StubCall, 'hints'>)[],
): Failure => {
  const { call, doing, pointer, hints } = calls[index]!
  const hint = hints?.[errno]
  return new Failure(doing, {
    cause: new SyscallError(call, errno, doing),
    ...(pointer !== undefined && { pointer }),
    ...(hint !== undefined && { hint }),
  })
}

/**
 * Waits until the stub waits. From then on it may take as long as it likes.
 * @param calls its last ones
 * @throws Failure when it failed or hangs
 */
export const awaitReady = (
  { line, pid }: { readonly line: number; readonly pid: number },
  calls: readonly (DescribedCall & Pick<StubCall, 'hints'>)[],
): void => {
  step('become the user of the program', '/process')
  const report = receiveReport(line, pid)
  if (report.type === 'failed') throw stubFailure(report.record, calls)
  if (report.type === 'closed') throw died()
}
