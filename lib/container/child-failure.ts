/** The child's or the stub's last words as a failure that a person can read. Parent. */
import { Failure } from '../failure.ts'
import type { ChildMessage, ErrorData } from '../sync/channel.ts'
import { readStage } from '../sync/stage.ts'
import { SyscallError } from '../sys/error.ts'
import type { DescribedCall } from './state.ts'

const errorOf = (data: ErrorData, cause: Error | undefined, pointer: string): Error => {
  if (data.syscall !== undefined && data.errno !== undefined) {
    return new SyscallError(data.syscall, data.errno, data.call ?? data.syscall)
  }
  return new Failure(data.message, {
    ...(cause && { cause }),
    ...(data.hint !== undefined && { hint: data.hint }),
    ...(pointer !== '' && { pointer }),
  })
}

const chainOf = (errors: readonly ErrorData[], pointer: string): Error =>
  errors.reduceRight<Error | undefined>((cause, data) => errorOf(data, cause, pointer), undefined)!

/** A failed call of the stub's, by its record. */
export const stubFailure = (
  { index, errno }: { readonly index: number; readonly errno: number },
  calls: readonly DescribedCall[],
): Failure => {
  const { call, doing, pointer } = calls[index]!
  return new Failure(doing, {
    cause: new SyscallError(call, errno, doing),
    ...(pointer !== undefined && { pointer }),
  })
}

/**
 * @param stage where the child recorded what it was doing
 * @param calls the stub's table
 */
export const failureOf = (
  message: ChildMessage,
  stage: number,
  calls: readonly DescribedCall[],
): Failure | Error => {
  if (message.type === 'failed') return chainOf(message.errors, message.pointer)
  if (message.type === 'stub-failed') return stubFailure(message.record, calls)
  const { doing, pointer } = readStage(stage)
  return new Failure(`the container's first process ended unexpectedly while it was to ${doing}`, {
    code: 'INIT_DIED',
    ...(pointer !== '' && { pointer }),
  })
}
