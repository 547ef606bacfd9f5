/** What a process says of itself to the kernel's security module. Pure. proc_pid_attr(5) */
export interface Attribute {
  /** Below /proc/self/attr: `exec`, `apparmor/exec`, `keycreate`. */
  readonly file: string
  /** Empty: back to the default. */
  readonly value: string
  readonly doing: string
  readonly pointer: string
}
