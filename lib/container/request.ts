/** What the command line asks of the container layer. */

export interface Place {
  /** Directory of the containers' state, absolute. */
  readonly root: string
  readonly systemdCgroup: boolean
  readonly rootless: boolean
}

export interface ContainerRequest extends Place {
  readonly id: string
}

export interface CreateRequest extends ContainerRequest {
  readonly bundle: string
  readonly consoleSocket?: string
  readonly pidfdSocket?: string
  readonly pidFile?: string
  readonly noPivot: boolean
  readonly noNewKeyring: boolean
  /** Descriptors from 3 on that the program gets. */
  readonly preserveFds: number
  /** `create` always does. */
  readonly detach?: boolean
}

export interface RunRequest extends CreateRequest {
  readonly detach: boolean
  readonly keep: boolean
  readonly noSubreaper: boolean
}

export interface KillRequest extends ContainerRequest {
  readonly signal: number
  readonly all: boolean
}

export interface DeleteRequest extends ContainerRequest {
  readonly force: boolean
}
