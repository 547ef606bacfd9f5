/** Child: tells the parent what went wrong, as data, and ends. */
import { Failure, chain } from '../failure.ts'
import { SyscallError } from '../sys/error.ts'
import { exitNow } from '../sys/process.ts'
import { sendMessage, type ErrorData } from '../sync/channel.ts'
import { currentStage } from '../sync/stage.ts'

const dataOf = (error: Error): ErrorData => ({
  message: error.message,
  ...(error instanceof Failure && error.hint !== undefined && { hint: error.hint }),
  ...(error instanceof SyscallError && {
    syscall: error.syscall,
    errno: error.errno,
    call: error.call,
  }),
})

export const reportFailure = (error: unknown, line: number): never => {
  const stage = currentStage()
  const errors = chain(error).map(dataOf)
  try {
    sendMessage(line, {
      type: 'failed',
      errors: [{ message: stage.doing }, ...errors],
      pointer: stage.pointer,
    })
  } catch {
    // The parent is gone; nobody is left to tell.
  }
  return exitNow(1)
}
