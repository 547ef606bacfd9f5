/** The session keyring that a container gets. Pure. session-keyring(7) */
export interface SessionKeyring {
  /** `_ses.<id>`: the container's other processes join it by that name. */
  readonly name: string
  /** Processes that are put into the container have other ids outside than inside. */
  readonly inUserNamespace: boolean
  /** SELinux': without it the program may not use its own keyring. */
  readonly label?: string
}
