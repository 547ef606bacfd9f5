/**
 * What went wrong, for the person who ran the command.
 *
 * A failure gains context on its way up (`cause` is what went wrong below) and is printed once, by
 * `lib/cli`: the messages of the chain joined by `: `, then where in the config, then a hint.
 * Messages are lower case, say the action first, quote values and have no final period.
 */

export interface FailureDetails {
  readonly cause?: unknown
  /** Stable name for programs: `CONFIG_INVALID`, `CONTAINER_EXISTS`, … */
  readonly code?: string
  /** What the user can do about it; given only at the place that knows. */
  readonly hint?: string
  /** JSON pointer into config.json of the setting that asked for this: `/mounts/3`. */
  readonly pointer?: string
  /** The status the command shall exit with, where it is not the command's usual one. */
  readonly exitStatus?: number
}

export class Failure extends Error {
  override readonly name = 'Failure'
  readonly code: string | undefined
  readonly hint: string | undefined
  readonly pointer: string | undefined
  readonly exitStatus: number | undefined

  constructor(message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = details.code
    this.hint = details.hint
    this.pointer = details.pointer
    this.exitStatus = details.exitStatus
  }
}

/** The errors of a chain, outermost first. */
export const chain = (error: unknown): readonly Error[] => {
  const errors: Error[] = []
  for (let e = error; e instanceof Error; e = e.cause) errors.push(e)
  return errors
}

/** `create web: mount tmpfs on /run: mount(2) EPERM: operation not permitted` */
export const describe = (error: unknown): string =>
  error instanceof Error
    ? chain(error)
        .map((e) => e.message)
        .join(': ')
    : String(error)

/** Runs `action`; what it throws gains `message` as its context. */
export const doing = <T>(
  message: string,
  action: () => T,
  details: Omit<FailureDetails, 'cause'> = {},
): T => {
  try {
    return action()
  } catch (cause) {
    throw new Failure(message, { ...details, cause })
  }
}
