/** What the command line asks of `exec`. */
import type { ContainerRequest } from '../request.ts'

export interface ExecRequest extends ContainerRequest {
  readonly args: readonly string[]
  /** A file with the whole process as JSON; then nothing else of the process counts. */
  readonly process?: string
  readonly tty: boolean
  readonly detach: boolean
  readonly pidFile?: string
  readonly consoleSocket?: string
  readonly pidfdSocket?: string
  /** UID[:GID], numbers. */
  readonly user?: string
  readonly cwd?: string
  readonly env: readonly string[]
  readonly caps: readonly string[]
  readonly apparmor?: string
  readonly processLabel?: string
  readonly noNewPrivileges: boolean
  readonly additionalGids: readonly string[]
  readonly preserveFds: number
  readonly cgroups: readonly string[]
  readonly ignorePaused: boolean
}
