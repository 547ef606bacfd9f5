/** The terminal that a process gets. Pure. Spec: config.md "Process", `terminal` and `consoleSize`. */
import { Failure } from '../../failure.ts'
import type { Process } from '../../spec/types.ts'

export interface TerminalPlan {
  readonly size?: { readonly rows: number; readonly columns: number }
  /** Its owner: the program's user. */
  readonly uid: number
}

interface Wanted {
  readonly detach: boolean
  readonly consoleSocket?: string
}

/** Who detaches leaves the terminal to whoever listens at the socket; who stays keeps it. */
const check = (terminal: boolean, { detach, consoleSocket }: Wanted): void => {
  const pointer = '/process/terminal'
  if (terminal && detach && consoleSocket === undefined) {
    throw new Failure('cannot allocate tty if tsrun will detach without setting console socket', {
      pointer,
      code: 'CONSOLE_SOCKET',
      hint: 'give --console-socket, or set process.terminal to false',
    })
  }
  if (consoleSocket !== undefined && !(terminal && detach)) {
    throw new Failure('cannot use console socket if tsrun will not detach or allocate tty', {
      pointer,
      code: 'CONSOLE_SOCKET',
    })
  }
}

/** @throws Failure for a socket without a terminal, and the other way round */
export const planTerminal = (
  process: Process | undefined,
  wanted: Wanted,
): TerminalPlan | undefined => {
  const terminal = process?.terminal ?? false
  check(terminal, wanted)
  if (!terminal) return undefined
  const { consoleSize: size } = process!
  return {
    ...(size && { size: { rows: Number(size.height), columns: Number(size.width) } }),
    uid: process!.user?.uid ?? 0,
  }
}
